// The cases are those of the host's own `draw/unit` and `draw/scale`: both must write the same.

import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDate, formatTicks, formatValue } from "../src/format.ts";
import { relativeTime } from "../src/relative.ts";
import { setLanguage } from "../src/words.ts";
import { setZone } from "../src/zone.ts";

const plain = (text: string): string => text.replaceAll("\u202f", " ");

test("every unit reads well", () => {
  const cases: [string, number | null, string][] = [
    ["", 0, "0"], ["", 12, "12"], ["", 1234, "1.23 k"], ["", 999.96, "1.00 k"], ["", 0.123456, "0.123"],
    ["", 0.0000123, "1.2e−5"], ["", -2.5, "−2.50"], ["", NaN, "–"], ["", null, "–"], ["", Infinity, "∞"],
    ["ratio", 0.3712345678901234, "37.1 %"], ["ratio", 1, "100 %"], ["ratio", 0.00012, "0.012 %"], ["percent", 99.97, "100 %"],
    ["bytes", 512, "512 B"], ["bytes", 1536, "1.50 KiB"], ["bytes", 25_769_803_776, "24 GiB"], ["bytes/s", 1_048_576, "1 MiB/s"],
    ["bits/s", 12_500_000, "12.5 Mbit/s"], ["seconds", 0, "0 s"], ["seconds", 0.0123, "12.3 ms"], ["seconds", 0.0000025, "2.50 µs"],
    ["seconds", 90, "1.50 min"], ["seconds", 345_600, "4 d"], ["date", 0, "1970-01-01 01:00"],
    ["EUR", 12.5, "12.50 EUR"], ["EUR", 2_500_000, "2.50 M EUR"], ["requests", 1200, "1.20 k requests"], ["°C", -0.0001, "−1.0e−4 °C"],
  ];
  for (const [unit, value, text] of cases) assert.equal(plain(formatValue(value, unit)), text, `${unit} ${value}`);
});

test("ticks of one axis share their scale", () => {
  const check = (ticks: number[], unit: string, words: string): void => {
    const found = formatTicks(ticks, ticks[0] ?? 0, ticks.at(-1) ?? 0, unit);
    assert.equal(plain(found.join(" | ")), words);
  };
  check([0, 0.1, 0.2], "ratio", "0 % | 10 % | 20 %");
  check([0, 2 ** 33, 2 ** 34], "bytes", "0 GiB | 8 GiB | 16 GiB");
  check([0, 0.5, 1], "", "0.0 | 0.5 | 1.0");
  check([-5, 0, 5], "", "−5 | 0 | 5");
});

test("ages are words", () => {
  const check = (seconds: number, words: string): void => assert.equal(relativeTime(0, seconds * 1000), words);
  check(0, "now");
  check(59, "59 s ago");
  check(119, "1 min ago");
  check(7200, "2 h ago");
  check(90_000, "1 d ago");
  check(-300, "in 5 min");
});

test("dates are told in the host's zone", () => {
  setZone("America/New_York");
  assert.equal(formatValue(1_763_632_803, "date"), "2025-11-20 05:00:03");
  setZone("No/Such_Zone");
  assert.equal(formatValue(1_763_632_803, "date"), "2025-11-20 11:00:03", "the browser's own");
  setZone(undefined);
});

test("numbers follow the reader's language", () => {
  const cases: [string, number, string, string][] = [
    ["", 1234.5, "1.23 k", "1,23 k"], ["", -0.5, "−0.500", "−0,500"], ["EUR", -1234.5, "−1235 EUR", "−1235 EUR"],
    ["EUR", 123_456.7, "123,457 EUR", "123.457 EUR"], ["EUR", 12.5, "12.50 EUR", "12,50 EUR"],
    ["percent", 10_000, "10,000 %", "10.000 %"], ["", 0.0000123, "1.2e−5", "1,2e−5"],
  ];
  const written = (): string[] => cases.map(([unit, value]) => plain(formatValue(value, unit)));
  assert.deepEqual(written(), cases.map(([, , english]) => english));
  setLanguage("pt");
  assert.deepEqual(written(), cases.map(([, , , portuguese]) => portuguese));
  assert.deepEqual(formatTicks([0, 0.5, 1], 0, 1, ""), ["0,0", "0,5", "1,0"]);
  setLanguage("en");
});

test("ages and dates follow the reader's language", () => {
  setZone("Europe/Berlin");
  assert.deepEqual([relativeTime(0, 3000), relativeTime(3000, 0), formatDate(0)], ["3 s ago", "in 3 s", "1970-01-01 01:00"]);
  setLanguage("pt");
  assert.deepEqual([relativeTime(0, 3000), relativeTime(0, 0), formatDate(0)], ["há 3 s", "agora", "01/01/1970 01:00"]);
  setLanguage("en");
});
