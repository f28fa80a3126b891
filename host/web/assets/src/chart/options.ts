// How uPlot is asked to draw one chart. Series go to it last first, as the last one drawn lies on top and the first should.

import uPlot from "uplot";
import type { ChartData, Series } from "../contract.ts";
import { formatTicks, formatValue } from "../format.ts";
import { axisOf, scaleOf } from "./axes.ts";
import type { Palette } from "./palette.ts";
import { faint, LABEL_FONT_SIZE, seriesColor } from "./palette.ts";
import { lonePoints } from "./points.ts";
import { powerAxis, type TimeTick, timeTicks, valueAxis } from "./ticks.ts";

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
  const scales = (data.right ? ["y", "right"] : ["y"]) as ("y" | "right")[];
  const values = new Map(scales.map((scale) => [scale, new ValueTicks(data, scale)]));
  const scale = (name: "y" | "right", ticks: ValueTicks): [string, uPlot.Scale] => {
    const distr = axisOf(data, name).log ? 3 : 1;
    return [name, { distr, range: (plot, low, high) => ticks.fit(plot, low, high) }];
  };
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
      ...Object.fromEntries([...values].map(([name, ticks]) => scale(name, ticks))),
    },
    axes: [timeAxisOptions(palette), ...[...values].map(([name, ticks]) => valueAxisOptions(ticks, name, data, palette))],
    series: [{}, ...data.series.map((series) => seriesOptions(series, data, palette)).reverse()],
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

  constructor(private readonly data: ChartData, private readonly scale: "y" | "right") {}

  fit(plot: uPlot, low: number | null, high: number | null): [number, number] {
    const { min, max, unit, log } = axisOf(this.data, this.scale);
    const series = this.data.series.filter((one) => scaleOf(one) === this.scale);
    const fromZero = series.some((one) => one.stacked || one.mark === "area" || one.mark === "bars");
    const room = plot.height - TOP_ROOM - TIME_AXIS_HEIGHT;
    const wanted = Math.min(5, Math.max(2, Math.floor(room / TICK_DISTANCE)));
    const axis = log ? powerAxis({ low, high, min, max }, wanted) : valueAxis({ low, high, min, max, fromZero }, unit, wanted);
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

const DASHES = { solid: [], dashed: [6, 4], dotted: [1, 4] };

function seriesOptions(series: Series, data: ChartData, palette: Palette): uPlot.Series {
  const color = seriesColor(palette, series.color);
  const count = data.series.length;
  const look = { scale: scaleOf(series), dash: DASHES[series.stroke ?? "solid"], spanGaps: data.connect ?? false };
  const common: uPlot.Series = { label: series.name, stroke: color, width: 1.5, ...look };
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

function valueAxisOptions(values: ValueTicks, scale: "y" | "right", data: ChartData, palette: Palette): uPlot.Axis {
  const { unit, log } = axisOf(data, scale);
  const words = (plot: uPlot, ticks: number[]): string[] =>
    log
      ? ticks.map((tick) => formatValue(tick, unit))
      : formatTicks(ticks, plot.scales[scale]?.min ?? 0, plot.scales[scale]?.max ?? 0, unit);
  return {
    scale,
    side: scale === "right" ? 1 : 3,
    stroke: palette.muted,
    font: `${LABEL_FONT_SIZE}px ${palette.font}`,
    size: (_, shown) => axisWidth(shown ?? []),
    gap: 8,
    // Two grids would be none.
    grid: { show: scale === "y", stroke: palette.grid, width: 1 },
    ticks: { show: false },
    splits: () => values.ticks,
    values: words,
  };
}

/** In steps, so that a digit more does not move the plot. */
function axisWidth(words: string[]): number {
  const longest = words.reduce((most, word) => Math.max(most, word.length), 0);
  return Math.max(48, Math.ceil((longest * CHARACTER_WIDTH + 8) / 8) * 8);
}
