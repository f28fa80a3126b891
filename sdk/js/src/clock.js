// Time. Needs no grant. `Date` tells the same time, in UTC: a guest has no time zones.

import { ask } from "./host.js";

const NANOSECONDS_PER_MILLISECOND = 1e6;

/** Milliseconds since the Unix epoch. */
export function now() {
  return Number(ask("clock", "now"));
}

/**
 * Milliseconds, with their fractions, since an arbitrary moment; never goes back.
 *
 * The host counts nanoseconds, and the engine reads them as a double: exact to the nanosecond for the first 104 days,
 * and to a microsecond for centuries.
 */
export function monotonic() {
  return Number(ask("clock", "monotonic")) / NANOSECONDS_PER_MILLISECOND;
}
