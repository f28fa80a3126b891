// Ages in words: `3 s ago`, `now`, `in 5 min`.

import { words } from "./words.ts";

const STEPS: [number, string][] = [[86_400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

export function relativeTime(then: number, now: number): string {
  const seconds = Math.round((now - then) / 1000);
  if (seconds === 0) {
    return words().now;
  }
  const size = Math.abs(seconds);
  const [length, unit] = STEPS.find(([step]) => size >= step) ?? [1, "s"];
  const span = `${Math.floor(size / length)} ${unit}`;
  return seconds < 0 ? words().ahead(span) : words().ago(span);
}
