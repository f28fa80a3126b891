// What the host says to the page: the chart in a panel's data, and the live messages. The one place that knows the wire.

export type Mark = "line" | "area" | "bars" | "points";
export type State = "" | "neutral" | "good" | "warning" | "bad";
export type Values = (number | null)[];

export interface Threshold {
  value: number;
  state: State;
  name: string;
}

export interface Series {
  name: string;
  /** Place in the palette, 0 to 7. */
  color: number;
  mark: Mark;
  stacked: boolean;
  side?: "left" | "right";
  stroke?: "solid" | "dashed" | "dotted";
  /** The space between it and the series at this place is filled. */
  band?: number | null;
  /** Where its name leads. */
  link?: string;
}

/** The axis on the right. */
export interface RightAxis {
  unit: string;
  min: number | null;
  max: number | null;
  log: boolean;
}

/** A moment where start and end are the same; null is out of sight. */
export interface Annotation {
  start: number | null;
  end: number | null;
  title: string;
  state: State;
}

/** Times are milliseconds; `values` holds one list per series, each as long as `times`; null is a gap. */
export interface ChartData {
  unit: string;
  unitLabel: string;
  min: number | null;
  max: number | null;
  range: [number, number];
  step: number;
  thresholds: Threshold[];
  series: Series[];
  /** Powers of ten are equally far apart on the left axis. */
  log?: boolean;
  right?: RightAxis | null;
  /** Lines run on over gaps. */
  connect?: boolean;
  /** What the legend says beside the last value: `min`, `max`, `mean`, `total`. */
  statistics?: string[];
  /** What is marked on the time axis, the newest first. */
  annotations?: Annotation[];
  times: number[];
  values: Values[];
}

export interface Append {
  from: number;
  times: number[];
  values: Values[];
}

export type PanelState = "ok" | "stale" | "error" | "denied";

export type Message =
  | { type: "chart"; panel: string; chart: ChartData }
  | ({ type: "append"; panel: string } & Append)
  | { type: "html"; panel: string; html: string }
  | { type: "state"; panel: string; state: PanelState; text: string }
  | { type: "status"; sources: number; alerts: number; newest?: number; stale: number; time: number }
  | { type: "changed" }
  | { type: "settings" };

const KNOWN = new Set(["chart", "append", "html", "state", "status", "changed", "settings"]);

/** Null for anything this page does not understand: a newer host may say more. */
export function parseMessage(text: string): Message | null {
  const value = parseJson(text) as { type?: unknown; panel?: unknown; chart?: unknown } | null;
  if (typeof value !== "object" || value === null || !KNOWN.has(String(value.type))) return null;
  if (value.type === "chart" && !isChart(value.chart)) return null;
  if (value.type === "append" && !isTable(value as Partial<Append>)) return null;
  return value as Message;
}

export function parseChart(text: string): ChartData | null {
  const value = parseJson(text);
  return isChart(value) ? value : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isChart(value: unknown): value is ChartData {
  const chart = value as Partial<ChartData> | null;
  return (
    typeof chart === "object" && chart !== null && Array.isArray(chart.series) && Array.isArray(chart.range) &&
    Array.isArray(chart.thresholds) && isTable(chart) && chart.values?.length === chart.series.length
  );
}

function isTable(part: { times?: unknown; values?: unknown }): boolean {
  const { times, values } = part;
  if (!Array.isArray(times) || !Array.isArray(values)) return false;
  return values.every((list) => Array.isArray(list) && list.length === times.length);
}
