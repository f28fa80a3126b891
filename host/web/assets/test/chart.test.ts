import assert from "node:assert/strict";
import { test } from "node:test";
import { append, lonePoints, spread } from "../src/chart/points.ts";
import { stack } from "../src/chart/stack.ts";
import { worse } from "../src/chart/decorate.ts";
import { annotationsAt } from "../src/chart/annotations.ts";
import { axisOf, placeable, statistic, unitOf } from "../src/chart/axes.ts";
import { powerAxis, timeTicks, valueAxis } from "../src/chart/ticks.ts";
import type { ChartData, Series, Values } from "../src/contract.ts";
import { setZone } from "../src/zone.ts";

const series = (name: string, stacked = false): Series => ({ name, color: 0, mark: "line", stacked });

function chart(times: number[], values: Values[]): ChartData {
  const range: [number, number] = [times[0] ?? 0, times.at(-1) ?? 0];
  const names = values.map((_, place) => series(`s${place}`));
  return { unit: "", unitLabel: "", min: null, max: null, range, step: 10, thresholds: [], series: names, times, values };
}

test("new points replace, old ones go, the window moves", () => {
  const data = chart([0, 10, 20], [[1, 2, 3]]);
  assert.ok(append(data, { from: 10, times: [20, 30], values: [[4, null]] }));
  assert.deepEqual([data.times, data.values, data.range], [[10, 20, 30], [[2, 4, null]], [10, 30]]);
});

test("a silence becomes a gap", () => {
  const data = chart([0, 10], [[1, 2]]);
  append(data, { from: 0, times: [60], values: [[3]] });
  assert.deepEqual([data.times, data.values], [[0, 10, 20, 60], [[1, 2, null, 3]]]);
});

test("points of other series are refused", () => {
  const data = chart([0], [[1]]);
  assert.equal(append(data, { from: 0, times: [10], values: [[1], [2]] }), false);
  assert.deepEqual(data.times, [0]);
});

test("nothing new still moves the window", () => {
  const data = chart([0, 10, 20], [[1, 2, 3]]);
  append(data, { from: 15, times: [], values: [[]] });
  assert.deepEqual([data.times, data.values, data.range], [[20], [[3]], [15, 35]]);
});

test("layers stand on the visible ones below", () => {
  const layers = [series("a", true), series("b", true), series("line"), series("c", true)];
  const values: Values[] = [[1, null, null], [2, 2, null], [9, 9, 9], [3, 3, null]];
  const all = stack(layers, values, () => false);
  assert.deepEqual(all.drawn, [[1, null, null], [3, 2, null], [9, 9, 9], [6, 5, null]]);
  assert.deepEqual(all.bands, [[1, 0], [3, 1]]);
  const without = stack(layers, values, (place) => place === 1);
  assert.deepEqual([without.drawn[3], without.bands], [[4, 3, null], [[3, 0]]]);
});

test("a series has its own axis", () => {
  const data = chart([0], [[1], [2]]);
  const right = { unit: "bytes", min: 0, max: null, log: true };
  Object.assign(data, { unit: "ratio", right });
  Object.assign(data.series[1] ?? {}, { side: "right" });
  assert.deepEqual([unitOf(data, 0), unitOf(data, 1), axisOf(data, "right")], ["ratio", "bytes", right]);
  assert.deepEqual([placeable(data, 0, [0, -1, null]), placeable(data, 1, [0, -1, 2])], [[0, -1, null], [null, null, 2]]);
});

test("powers are equally far apart", () => {
  const axis = powerAxis({ low: 0.002, high: 3, min: null, max: null }, 4);
  assert.deepEqual([axis.low, axis.high, axis.ticks.length], [0.001, 10, 5]);
  const none = powerAxis({ low: null, high: null, min: null, max: -1 }, 4);
  assert.ok(none.low > 0 && none.high > none.low && none.ticks.length > 1);
});

test("the legend tells what there is", () => {
  const values = [2, null, 4];
  assert.deepEqual(["min", "max", "mean", "total"].map((word) => statistic(word, values)), [2, 4, 3, 6]);
  assert.equal(statistic("mean", [null]), null);
});

test("values alone between gaps are found", () => {
  assert.deepEqual(lonePoints([1, null, 2, null, 3, 4, null, 5], 0, 7), [0, 2, 7]);
});

test("words at the lines' ends keep their distance", () => {
  assert.deepEqual(spread([50, 52, 10], 10, 0, 100), [50, 60, 10]);
  assert.deepEqual(spread([99, 98], 10, 0, 100), [95, 85]);
  assert.deepEqual(spread([1, 2, 3], 10, 0, 20), [5, 15, null]);
});

test("value ticks are round, as the host draws them", () => {
  const check = (low: number | null, high: number | null, unit: string, expected: [number, number, number]): void => {
    const axis = valueAxis({ low, high, min: null, max: null, fromZero: false }, unit, 4);
    assert.deepEqual([axis.low, axis.high, axis.ticks.length], expected, `${low} ${high} ${unit}`);
  };
  check(0, 0.37, "ratio", [0, 0.4, 5]);
  check(0, 1, "ratio", [0, 1, 3]);
  check(0, 0, "", [0, 1, 3]);
  check(0, 25e9, "bytes", [0, 25_769_803_776, 4]);
  check(-5, 5, "", [-5, 5, 3]);
  check(null, null, "", [0, 1, 3]);
  check(1, 100, "", [0, 100, 3]);
});

test("ends that a person fixed are kept", () => {
  const axis = valueAxis({ low: 0.2, high: 0.9, min: 0, max: 1, fromZero: false }, "ratio", 4);
  assert.deepEqual([axis.low, axis.high], [0, 1]);
});

const words = (start: string, hours: number): string => {
  const from = Date.parse(start);
  return timeTicks(from, from + hours * 3_600_000, 6).map((tick) => tick.word).join(" ");
};

test("time ticks are round in the browser's zone where the host names none", () => {
  assert.equal(words("2026-11-20T08:07:30Z", 6), "10:00 11:00 12:00 13:00 14:00 15:00");
  assert.equal(words("2026-11-20T20:10:00Z", 24), "21 Nov 06:00 12:00 18:00");
  assert.equal(words("2026-03-28T22:30:00Z", 6), "29 Mar 01:00 03:00 04:00 05:00 06:00", "the night in which Berlin skips 02:00");
});

test("time ticks are round in the host's zone", () => {
  const check = (zone: string, start: string, hours: number, expected: string): void => {
    setZone(zone);
    assert.equal(words(start, hours), expected, zone);
  };
  check("Asia/Kolkata", "2026-11-20T08:07:30Z", 6, "14:00 15:00 16:00 17:00 18:00 19:00");
  check("America/New_York", "2026-11-01T03:30:00Z", 6, "1 Nov 01:00 02:00 03:00 04:00");
  check("UTC", "2026-11-20T20:10:00Z", 72, "21 Nov 12:00 22 Nov 12:00 23 Nov 12:00");
  check("UTC", "2026-10-01T00:00:00Z", 400 * 24, "Dec 2026 Feb 2027 Apr 2027 Jul 2027 Sep 2027");
  setZone(undefined);
});

test("a line between two states has the worse one's colour", () => {
  assert.deepEqual([worse("neutral", "warning"), worse("bad", "warning"), worse("warning", "neutral")], ["warning", "bad", "warning"]);
});

test("annotations are found at the crosshair, those out of sight included", () => {
  const data = chart([0, 100], [[1, 2]]);
  const one = (start: number | null, end: number | null, title: string) => ({ start, end, title, state: "bad" as const });
  data.annotations = [one(60, null, "lasts"), one(40, 40, "moment"), one(null, 20, "before")];
  const titles = (time: number, near = 0) => annotationsAt(data, time, near).map((found) => found.title);
  assert.deepEqual([titles(10), titles(30), titles(42), titles(42, 3), titles(90)], [["before"], [], [], ["moment"], ["lasts"]]);
  assert.deepEqual(annotationsAt(chart([0], [[1]]), 0, 9), []);
});
