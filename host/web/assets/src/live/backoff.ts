// How long to wait before the next try: doubling from one second to thirty, with jitter so that viewers do not return as one.

const FIRST = 1000;
const LONGEST = 30_000;

/** `random` is from 0 up to 1; the wait is between half and all of the step. */
export function backoff(attempt: number, random: number): number {
  const step = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt, 10));
  return Math.round(Math.max(FIRST, step * (0.5 + random / 2)));
}
