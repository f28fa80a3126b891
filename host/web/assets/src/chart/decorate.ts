// What is drawn around the lines: threshold bands behind them, the last values at their ends.

import type uPlot from "uplot";
import type { ChartData, State, Values } from "../contract.ts";
import { formatValue } from "../format.ts";
import type { Palette } from "./palette.ts";
import { faint, LABEL_FONT_SIZE, seriesColor } from "./palette.ts";
import { plotPlace } from "./options.ts";
import { lowerBound, spread } from "./points.ts";

const LINE_HEIGHT = 14;
/** Beyond, the legend says it. */
const MOST_LABELS = 6;

/** Each threshold reaches up to the next, in its state's colour. */
export function drawBands(plot: uPlot, data: ChartData, palette: Palette): void {
  const { ctx, bbox } = plot;
  const [bottom, top] = [plot.scales.y?.min, plot.scales.y?.max];
  if (bottom == null || top == null) return;
  const sorted = [...data.thresholds].sort((left, right) => left.value - right.value);
  ctx.save();
  sorted.forEach((threshold, place) => {
    const color = stateColor(threshold.state, palette);
    const from = Math.max(threshold.value, bottom);
    const to = Math.min(sorted[place + 1]?.value ?? top, top);
    if (!color || to <= from) return;
    const [y, end] = [plot.valToPos(from, "y", true), plot.valToPos(to, "y", true)];
    ctx.fillStyle = faint(color, 0.1);
    ctx.fillRect(bbox.left, end, bbox.width, y - end);
  });
  ctx.restore();
}

/** The thresholds themselves, over the grid and under the data: each in the worse colour of its two sides. */
export function drawLimits(plot: uPlot, data: ChartData, palette: Palette): void {
  const { ctx, bbox } = plot;
  const [bottom, top] = [plot.scales.y?.min ?? 0, plot.scales.y?.max ?? 0];
  const sorted = [...data.thresholds].sort((left, right) => left.value - right.value);
  ctx.save();
  sorted.forEach(({ value, state }, place) => {
    const color = stateColor(worse(sorted[place - 1]?.state ?? "neutral", state), palette);
    if (!color || value <= bottom || value >= top) return;
    ctx.fillStyle = faint(color, 0.7);
    ctx.fillRect(bbox.left, Math.round(plot.valToPos(value, "y", true)), bbox.width, Math.max(1, Math.round(devicePixelRatio)));
  });
  ctx.restore();
}

export function worse(left: State, right: State): State {
  return (["bad", "warning", "good"] as const).find((state) => left === state || right === state) ?? "neutral";
}

export function stateColor(state: State, palette: Palette): string | null {
  switch (state) {
    case "good": return palette.good;
    case "warning": return palette.warning;
    case "bad": return palette.bad;
    default: return null;
  }
}

export interface EndLabel {
  place: number;
  at: number;
  text: string;
}

/** The last value of each visible series in the shown window; none where there are too many to read. */
export function endLabels(data: ChartData, isHidden: (place: number) => boolean, until: number): EndLabel[] {
  const at = lowerBound(data.times, until + 1) - 1;
  const visible = data.series.map((_, place) => place).filter((place) => !isHidden(place));
  // A second axis has its words there.
  if (visible.length > MOST_LABELS || data.right) return [];
  return visible
    .filter((place) => data.values[place]?.[at] != null)
    .map((place) => ({ place, at, text: formatValue(data.values[place]?.[at], data.unit) }));
}

export function drawEndLabels(plot: uPlot, data: ChartData, labels: EndLabel[], floors: Values[], palette: Palette): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const wanted = labels.map(({ place, at }) => {
    const top = plot.data[plotPlace(data, place)]?.[at] ?? 0;
    // A layer's word stands in its middle.
    const middle = data.series[place]?.stacked ? (top + (floors[place]?.[at] ?? 0)) / 2 : top;
    const y = plot.valToPos(middle, "y", true);
    return Math.min(bbox.top + bbox.height, Math.max(bbox.top, y));
  });
  const placed = spread(wanted, LINE_HEIGHT * ratio, bbox.top - 7 * ratio, bbox.top + bbox.height + 7 * ratio);
  ctx.save();
  ctx.font = `${LABEL_FONT_SIZE * ratio}px ${palette.font}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  labels.forEach((label, order) => {
    const y = placed[order];
    if (y == null) return;
    const x = bbox.left + bbox.width;
    ctx.beginPath();
    ctx.arc(x, y, 3 * ratio, 0, 2 * Math.PI);
    ctx.fillStyle = seriesColor(palette, data.series[label.place]?.color ?? 0);
    ctx.fill();
    ctx.fillStyle = palette.text;
    ctx.fillText(label.text, x + 7 * ratio, y);
  });
  ctx.restore();
}
