// Numbers as people read them: three significant digits, the unit scaled. The host writes the same, digit for digit, on
// pages it draws (`draw/unit`): a live number must not look different from the one it replaces.

import { language } from "./words.ts";
import { civil } from "./zone.ts";

export interface Scale {
  divisor: number;
  suffix: string;
}

type Steps = [size: number, prefix: string][];

export const NOTHING = "–";
const GAP = "\u202f";
const MINUS = "−";

const DECIMAL: Steps = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""]];
const BINARY: Steps = [[2 ** 50, "Pi"], [2 ** 40, "Ti"], [2 ** 30, "Gi"], [2 ** 20, "Mi"], [2 ** 10, "Ki"], [1, ""]];
const SPANS: Steps = [[86_400, "d"], [3600, "h"], [60, "min"], [1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]];

const ALIASES: Record<string, string> = {
  count: "", short: "", none: "", "%": "percent", byte: "bytes", B: "bytes", bytes_per_second: "bytes/s", "B/s": "bytes/s",
  bits_per_second: "bits/s", "bit/s": "bits/s", duration: "seconds", s: "seconds", timestamp: "date",
};

/** A value with its unit: `1.21 MiB/s`, `37.2 %`. */
export function formatValue(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NOTHING;
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const name = unitName(unit);
  if (name === "date") return formatDate(value * 1000);
  const scale = scaleFor(value, name);
  if (isCurrency(name) && scale.divisor === 1) return join(fixed(value, Math.abs(value) >= 1000 ? 0 : 2), scale.suffix);
  return join(significant(value / scale.divisor), scale.suffix);
}

/** Words for the ticks of one axis: one scale for all, as many decimals as their distance needs. */
export function formatTicks(ticks: number[], low: number, high: number, unit: string): string[] {
  const name = unitName(unit);
  if (name === "date") return ticks.map((tick) => formatDate(tick * 1000));
  const scale = scaleFor(Math.max(Math.abs(low), Math.abs(high)), name);
  const [first, second] = ticks;
  const step = first === undefined || second === undefined ? 1 : (second - first) / scale.divisor;
  const found = [0, 1, 2, 3, 4, 5].find((places) => isWhole(step * 10 ** places));
  return ticks.map((tick) => join(fixed(tick / scale.divisor, found ?? 2), scale.suffix));
}

export function unitName(unit: string): string {
  const text = unit.trim();
  return ALIASES[text] ?? text;
}

export function isBinary(unit: string): boolean {
  const name = unitName(unit);
  return name === "bytes" || name === "bytes/s";
}

/** Date and time in the host's zone, as the reader's language writes them. */
export function formatDate(milliseconds: number): string {
  if (Number.isNaN(new Date(milliseconds).getTime())) return NOTHING;
  const { year, month, day } = civil(milliseconds);
  const date = language() === "pt" ? `${two(day)}/${two(month)}/${year}` : `${year}-${two(month)}-${two(day)}`;
  return `${date} ${clock(milliseconds)}`;
}

/** Hours and minutes, and seconds where they are not zero or asked for. */
export function clock(milliseconds: number, withSeconds?: boolean): string {
  const { hour, minute, second } = civil(milliseconds);
  const minutes = `${two(hour)}:${two(minute)}`;
  return withSeconds ?? second !== 0 ? `${minutes}:${two(second)}` : minutes;
}

function scaleFor(value: number, name: string): Scale {
  switch (name) {
    case "ratio": return { divisor: 0.01, suffix: "%" };
    case "percent": return { divisor: 1, suffix: "%" };
    case "bytes": return pick(BINARY, value, "B");
    case "bytes/s": return pick(BINARY, value, "B/s");
    case "bits/s": return pick(DECIMAL, value, "bit/s");
    case "seconds": return pick(SPANS, value, "");
    case "": return pick(DECIMAL, value, "");
    default: return scaleForWord(value, name);
  }
}

function scaleForWord(value: number, word: string): Scale {
  if (isCurrency(word) && Math.abs(value) < 1e6) return { divisor: 1, suffix: word };
  const { divisor, suffix: prefix } = pick(DECIMAL, value, "");
  return { divisor, suffix: prefix === "" ? word : `${prefix} ${word}` };
}

function pick(steps: Steps, value: number, unit: string): Scale {
  const size = Math.abs(value);
  const unscaled = steps.find(([step]) => step === 1);
  const smallest = size === 0 ? unscaled : steps.at(-1);
  // Half a thousandth below the border rounds up to it: 999.96 is 1.00 k.
  const [divisor, prefix] = steps.find(([step]) => size >= step * 0.9995) ?? smallest ?? [1, ""];
  return { divisor, suffix: prefix + unit };
}

/** Three significant digits; whole numbers stay whole. */
export function significant(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 0.001) return marked(value.toExponential(1).replaceAll("-", MINUS));
  if (isWhole(value, 1e-9) && size < 1e15) return fixed(value, 0);
  if (size >= 99.95) return fixed(value, 0);
  if (size >= 9.995) return fixed(value, 1);
  return fixed(value, size >= 0.9995 ? 2 : 3);
}

/** With a true minus sign, and never "−0". */
function fixed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return (value < 0 && /[1-9]/.test(text) ? MINUS : "") + marked(text);
}

/** With the reader's decimal mark, and theirs between thousands from ten thousand on. */
function marked(digits: string): string {
  const [decimal, thousands] = language() === "pt" ? [",", "."] : [".", ","];
  const [whole = "", rest] = digits.split(".");
  const grouped = /^\d{5,}$/.test(whole) ? whole.replace(/\B(?=(\d{3})+$)/g, thousands) : whole;
  return rest === undefined ? grouped : grouped + decimal + rest;
}

function isCurrency(name: string): boolean {
  return /^[A-Z]{3}$/.test(name);
}

function isWhole(number: number, slack = 1e-6): boolean {
  return Math.abs(number - Math.round(number)) < slack;
}

function join(number: string, suffix: string): string {
  return suffix === "" ? number : number + GAP + suffix;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
