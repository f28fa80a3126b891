// Stacking: each stacked series is drawn on top of the visible ones before it, the first at the bottom.

import type { Series, Values } from "../contract.ts";

export interface Stack {
  /** What is drawn: sums for stacked series, the values themselves for others. */
  drawn: Values[];
  /** What each stacked series stands on. */
  floors: Values[];
  /** Pairs of series places, upper and lower edge, whose space between is filled. */
  bands: [number, number][];
}

export function stack(series: Series[], values: Values[], hidden: (place: number) => boolean): Stack {
  const bands: [number, number][] = [];
  const floors: Values[] = [];
  let sums: Values | null = null;
  let below = -1;
  const drawn = series.map((one, place) => {
    const own = values[place] ?? [];
    if (!one.stacked || hidden(place)) return own;
    const previous = sums;
    floors[place] = previous ?? [];
    sums = own.map((value, at) => add(previous?.[at] ?? null, value));
    if (below >= 0) bands.push([place, below]);
    below = place;
    return sums;
  });
  return { drawn, floors, bands };
}

/** A gap in one layer leaves those above in place; only where nothing was measured at all is there a gap. */
function add(sum: number | null, value: number | null): number | null {
  if (value === null) return sum;
  return (sum ?? 0) + value;
}
