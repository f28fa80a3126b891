// Which axis a series is read on, and what that axis is like.

import type { ChartData, RightAxis, Series, Values } from "../contract.ts";

/** uPlot's names of the two scales. */
export function scaleOf(series: Series): "y" | "right" {
  return series.side === "right" ? "right" : "y";
}

export function axisOf(data: ChartData, scale: "y" | "right"): RightAxis {
  if (scale === "right" && data.right) return data.right;
  return { unit: data.unit, min: data.min, max: data.max, log: data.log ?? false };
}

export function unitOf(data: ChartData, place: number): string {
  const series = data.series[place];
  return series ? axisOf(data, scaleOf(series)).unit : data.unit;
}

/** On a scale of powers nothing lies at zero or below. */
export function placeable(data: ChartData, place: number, values: Values): Values {
  const series = data.series[place];
  if (!series || !axisOf(data, scaleOf(series)).log) return values;
  return values.map((value) => (value !== null && value > 0 ? value : null));
}

/** What the legend says of a series, over what there is. */
export function statistic(word: string, values: Values): number | null {
  const present = values.filter((value) => value !== null);
  if (present.length === 0) return null;
  const total = present.reduce((sum, value) => sum + value, 0);
  switch (word) {
    case "min": return present.reduce((least, value) => Math.min(least, value));
    case "max": return present.reduce((most, value) => Math.max(most, value));
    case "mean": return total / present.length;
    case "total": return total;
    default: return null;
  }
}
