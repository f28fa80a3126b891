// The points of a chart as they come and go with the time window.

import type { Append, ChartData, Values } from "../contract.ts";

/** New points replace those at or after their first; points before the window go. False if they do not fit this chart. */
export function append(chart: ChartData, part: Append): boolean {
  if (part.values.length !== chart.series.length) return false;
  const start = lowerBound(chart.times, part.from);
  const first = part.times[0];
  const cut = first === undefined ? chart.times.length : lowerBound(chart.times, first);
  const last = chart.times[cut - 1];
  const silent = first !== undefined && last !== undefined && chart.step > 0 && first - last > 2.5 * chart.step;
  const gap = silent && cut > start ? [last + chart.step] : [];
  chart.times = [...chart.times.slice(start, cut), ...gap, ...part.times];
  chart.values = chart.values.map((old, place) => {
    const hole: Values = gap.map(() => null);
    return [...old.slice(start, cut), ...hole, ...(part.values[place] ?? [])];
  });
  const width = chart.range[1] - chart.range[0];
  chart.range = [part.from, part.from + width];
  return true;
}

/** The first place whose time is not before the given one. */
export function lowerBound(times: number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Points without a neighbour on either side, which a line alone would not show. */
export function lonePoints(values: ArrayLike<number | null | undefined>, from: number, to: number): number[] {
  const places: number[] = [];
  for (let place = from; place <= to; place++) {
    if (values[place] != null && values[place - 1] == null && values[place + 1] == null) places.push(place);
  }
  return places;
}

/** Pushes labels apart so that none overlaps, keeping their order; those that do not fit are null. */
export function spread(wanted: number[], height: number, top: number, bottom: number): (number | null)[] {
  const room = Math.max(0, Math.floor((bottom - top) / height));
  const order = wanted.map((_, place) => place).sort((left, right) => (wanted[left] ?? 0) - (wanted[right] ?? 0));
  const placed: (number | null)[] = wanted.map(() => null);
  const kept = order.slice(0, room);
  let floor = top + height / 2;
  for (const place of kept) {
    const at = Math.max(wanted[place] ?? 0, floor);
    placed[place] = at;
    floor = at + height;
  }
  let ceiling = bottom - height / 2;
  for (const place of kept.reverse()) {
    const at = Math.min(placed[place] ?? 0, ceiling);
    placed[place] = at;
    ceiling = at - height;
  }
  return placed;
}
