// Where an axis starts, ends and is marked: round numbers on one, round times on the other. The host chooses the same
// (`draw/scale`), so that the live chart takes the picture's place without a jump.

import { clock, isBinary, unitName } from "../format.ts";
import { words } from "../words.ts";
import { civil, moment } from "../zone.ts";

/** More than anybody can read; also what bounds the loops here. */
const MOST_TICKS = 24;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const CLOCK_SECONDS = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];
const TIME_STEPS = [
  SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY,
];

export interface ValueAxis {
  low: number;
  high: number;
  ticks: number[];
}

export interface Bounds {
  /** Null: there is nothing to see. */
  low: number | null;
  high: number | null;
  /** Ends that a person fixed are kept as they are. */
  min: number | null;
  max: number | null;
  /** Bars and areas tell by their height. */
  fromZero: boolean;
}

export function valueAxis(bounds: Bounds, unit: string, wanted: number): ValueAxis {
  let [low, high] = dataEnds(bounds);
  if (high <= low) {
    const room = low === 0 ? 1 : Math.abs(low) * 0.1;
    if (bounds.min === null && low !== 0) low -= room;
    high = Math.max(low, high) + room;
  }
  const step = niceStep((high - low) / wanted, unit);
  if (bounds.min === null) low = Math.floor(low / step) * step;
  if (bounds.max === null) high = Math.ceil(high / step) * step;
  const first = Math.ceil(low / step - 1e-9);
  const ticks: number[] = [];
  for (let place = 0; place < MOST_TICKS; place++) {
    const tick = (first + place) * step;
    if (tick > high + step * 1e-9) break;
    ticks.push(tick);
  }
  return { low, high, ticks };
}

/** From one power of ten to another, with a tick at each, or at every second, third, … one. */
export function powerAxis({ low, high, min, max }: Omit<Bounds, "fromZero">, wanted: number): ValueAxis {
  const above = (end: number | null): number | null => (end !== null && end > 0 && Number.isFinite(end) ? end : null);
  const start = above(min) ?? above(low) ?? 0.1;
  const end = Math.max(above(max) ?? above(high) ?? 10, start);
  const first = Math.floor(Math.log10(start) + 1e-9);
  const last = Math.max(Math.ceil(Math.log10(end) - 1e-9), first + 1);
  const every = Math.max(1, Math.ceil((last - first) / Math.max(1, wanted)));
  const ticks: number[] = [];
  for (let power = first; power <= last && ticks.length < MOST_TICKS; power += every) ticks.push(10 ** power);
  return { low: above(min) ?? 10 ** first, high: above(max) ?? 10 ** last, ticks };
}

function dataEnds({ low, high, min, max, fromZero }: Bounds): [number, number] {
  if (low === null || high === null) return [min ?? 0, max ?? 1];
  let [start, end] = [low, high];
  // Lines may hover where zero would flatten them.
  if (start > 0 && (fromZero || start < end * 0.6)) start = 0;
  if (fromZero) [start, end] = [Math.min(start, 0), Math.max(end, 0)];
  return [min ?? start, max ?? end];
}

/** 1, 2 or 5 times a power of ten; for bytes, powers of two; for spans, what a clock shows. */
function niceStep(rough: number, unit: string): number {
  if (isBinary(unit) && rough >= 1) return 2 ** Math.ceil(Math.log2(rough));
  if (unitName(unit) === "seconds" && rough > 5) {
    const step = CLOCK_SECONDS.find((seconds) => seconds >= rough);
    if (step !== undefined) return step;
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5].find((factor) => factor * power >= rough * 0.9999) ?? 10) * power;
}

export interface TimeTick {
  at: number;
  word: string;
}

/** Round times in the host's zone, at most `wanted` or so of them. */
export function timeTicks(start: number, end: number, wanted: number): TimeTick[] {
  if (!(end > start)) return [];
  const rough = (end - start) / Math.max(1, wanted);
  const step = TIME_STEPS.find((one) => one >= rough) ?? (Math.floor(rough / (7 * DAY)) + 1) * 7 * DAY;
  return step < DAY ? clockTicks(start, end, step) : dayTicks(start, end, step / DAY);
}

/** Counts civil time from midnight, so that ticks stay round on days that are not 24 hours long. */
function clockTicks(start: number, end: number, step: number): TimeTick[] {
  const first = civil(start);
  const passed = ((first.hour * 60 + first.minute) * 60 + first.second) * SECOND;
  const ticks: TimeTick[] = [];
  for (let count = Math.floor(passed / step); ticks.length < MOST_TICKS; count++) {
    const at = moment(first.year, first.month, first.day, (count * step) / SECOND);
    if (!(at <= end)) break;
    const last = ticks.at(-1);
    if (at < start || (last && last.at >= at)) continue;
    const { hour, minute, second } = civil(at);
    const midnight = hour === 0 && minute === 0 && second === 0;
    ticks.push({ at, word: midnight ? dayWord(at) : clock(at, step < MINUTE) });
  }
  return ticks;
}

function dayTicks(start: number, end: number, days: number): TimeTick[] {
  const date = civil(start);
  // Counted from a fixed Monday, so that ticks stay where they are as the window moves.
  const since = (Date.UTC(date.year, date.month - 1, date.day) - Date.UTC(1970, 0, 5)) / DAY;
  const ticks: TimeTick[] = [];
  for (let day = Math.floor(since / days) * days; ticks.length < MOST_TICKS; day += days) {
    const at = moment(1970, 1, 5 + day);
    if (!(at <= end)) break;
    if (at >= start) ticks.push({ at, word: end - start > 300 * DAY ? monthWord(at) : dayWord(at) });
  }
  return ticks;
}

function dayWord(at: number): string {
  const { month, day } = civil(at);
  return `${day} ${words().months[month - 1]}`;
}

function monthWord(at: number): string {
  const { year, month } = civil(at);
  return `${words().months[month - 1]} ${year}`;
}
