// How uPlot is asked to draw one chart. Series go to it last first, as the last one drawn lies on top and the first should.

import uPlot from "uplot";
import type { ChartData, Series } from "../contract.ts";
import { formatTicks } from "../format.ts";
import type { Palette } from "./palette.ts";
import { faint, LABEL_FONT_SIZE, seriesColor } from "./palette.ts";
import { lonePoints } from "./points.ts";
import { type TimeTick, timeTicks, valueAxis } from "./ticks.ts";

const SYNC_KEY = "vitrine";
const TIME_AXIS_HEIGHT = 24;
const TOP_ROOM = 8;
const TICK_DISTANCE = 44;
const TIME_TICK_WIDTH = 60;
/** Areas that overlap grow fainter with their number, or they would hide each other. */
const AREAS_AT_FULL = 4;
const CHARACTER_WIDTH = 6.2;

/** What the chart knows and the options ask for each time they are used. */
export interface Source {
  data: ChartData;
  palette: Palette;
  /** Room for the labels at the lines' ends, in CSS pixels. */
  endRoom: () => number;
  timeWindow: () => [number, number];
  reset: () => void;
  hooks: uPlot.Hooks.Arrays;
}

export function plotOptions(source: Source, width: number, height: number): uPlot.Options {
  const { data, palette } = source;
  const values = new ValueTicks(data);
  return {
    width,
    height,
    ms: 1,
    legend: { show: false },
    padding: [TOP_ROOM, () => source.endRoom(), 0, 0],
    cursor: cursor(source),
    select: { show: true, left: 0, top: 0, width: 0, height: 0 },
    scales: {
      x: { time: true, range: () => source.timeWindow() },
      y: { range: (plot, low, high) => values.fit(plot, low, high) },
    },
    axes: [timeAxisOptions(palette), valueAxisOptions(values, data, palette)],
    series: [{}, ...data.series.map((series) => seriesOptions(series, data.series.length, palette)).reverse()],
    hooks: source.hooks,
  };
}

/** Where a series of the chart is in uPlot's list, whose first is time; and back. */
export function plotPlace(data: ChartData, place: number): number {
  return data.series.length - place;
}

/** The ends of the value axis and its ticks are one choice, which uPlot asks for in two questions. */
class ValueTicks {
  ticks: number[] = [];

  constructor(private readonly data: ChartData) {}

  fit(plot: uPlot, low: number | null, high: number | null): [number, number] {
    const { min, max, series, unit } = this.data;
    const fromZero = series.some((one) => one.stacked || one.mark === "area" || one.mark === "bars");
    const room = plot.height - TOP_ROOM - TIME_AXIS_HEIGHT;
    const wanted = Math.min(5, Math.max(2, Math.floor(room / TICK_DISTANCE)));
    const axis = valueAxis({ low, high, min, max, fromZero }, unit, wanted);
    this.ticks = axis.ticks;
    return [axis.low, axis.high];
  }
}

function cursor(source: Source): uPlot.Cursor {
  const moves = (type: string): boolean => type === "mousemove" || type === "mouseleave";
  return {
    y: false,
    points: { size: 7, width: 1.5 },
    drag: { x: true, y: false, setScale: false, dist: 6 },
    sync: { key: SYNC_KEY, setSeries: false, scales: ["x", null], filters: { pub: moves } },
    bind: {
      dblclick: () => () => {
        source.reset();
        return null;
      },
    },
  };
}

function seriesOptions(series: Series, count: number, palette: Palette): uPlot.Series {
  const color = seriesColor(palette, series.color);
  const common: uPlot.Series = { label: series.name, stroke: color, width: 1.5, spanGaps: false };
  // A value alone between gaps has no line: it is drawn as a point.
  const alone: uPlot.Series.Points = { show: false, size: 4, stroke: color, fill: color, filter: lonely };
  const filled = { fill: faint(color, series.stacked ? 0.4 : 0.16 * Math.min(1, AREAS_AT_FULL / count)), fillTo: 0 };
  switch (series.mark) {
    case "bars": return { ...common, ...bars(), width: 0, fill: faint(color, 0.85), fillTo: 0, points: { show: false } };
    case "points": return { ...common, paths: () => null, points: { show: true, size: 5, width: 0, fill: color } };
    case "area": return { ...common, ...filled, points: alone };
    case "line": return { ...common, ...(series.stacked ? filled : {}), points: alone };
  }
}

function bars(): uPlot.Series {
  const paths = uPlot.paths.bars?.({ size: [0.8, 48] });
  return paths ? { paths } : {};
}

function lonely(plot: uPlot, place: number): number[] {
  const [from, to] = plot.series[0]?.idxs ?? [0, -1];
  return lonePoints(plot.data[place] ?? [], from, to);
}

function timeAxisOptions(palette: Palette): uPlot.Axis {
  const ticks = (plot: uPlot, from: number, to: number): TimeTick[] => {
    const room = plot.bbox.width / devicePixelRatio || plot.width - 100;
    return timeTicks(from, to, Math.min(6, Math.max(1, Math.floor(room / TIME_TICK_WIDTH))));
  };
  return {
    stroke: palette.muted,
    font: `${LABEL_FONT_SIZE}px ${palette.font}`,
    size: TIME_AXIS_HEIGHT,
    gap: 6,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { show: false },
    splits: (plot, _, from, to) => ticks(plot, from, to).map((tick) => tick.at),
    values: (plot) => ticks(plot, plot.scales.x?.min ?? 0, plot.scales.x?.max ?? 0).map((tick) => tick.word),
  };
}

function valueAxisOptions(values: ValueTicks, data: ChartData, palette: Palette): uPlot.Axis {
  return {
    stroke: palette.muted,
    font: `${LABEL_FONT_SIZE}px ${palette.font}`,
    size: (_, words) => axisWidth(words ?? []),
    gap: 8,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { show: false },
    splits: () => values.ticks,
    values: (plot, ticks) => formatTicks(ticks, plot.scales.y?.min ?? 0, plot.scales.y?.max ?? 0, data.unit),
  };
}

/** In steps, so that a digit more does not move the plot. */
function axisWidth(words: string[]): number {
  const longest = words.reduce((most, word) => Math.max(most, word.length), 0);
  return Math.max(48, Math.ceil((longest * CHARACTER_WIDTH + 8) / 8) * 8);
}
