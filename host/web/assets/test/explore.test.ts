import assert from "node:assert/strict";
import { test } from "node:test";
import { placeAt, rank } from "../src/explore/place.ts";

/** `|` is the caret. */
function at(text: string): unknown[] {
  const caret = text.indexOf("|");
  const { kind, typed, start, metric, label } = placeAt(text.replace("|", ""), caret);
  return [kind, typed, start, metric, label];
}

test("the place says what may stand there", () => {
  assert.deepEqual(at("ra|"), ["word", "ra", 0, "", ""]);
  assert.deepEqual(at("sum(ra|te(up[5m]))"), ["word", "ra", 4, "", ""]);
  assert.deepEqual(at("up{|}"), ["label", "", 3, "up", ""]);
  assert.deepEqual(at('up{job="a", ins|}'), ["label", "ins", 12, "up", ""]);
  assert.deepEqual(at('up{job=~"we|"}'), ["value", "we", 9, "up", "job"]);
  assert.deepEqual(at('{__name__="no|'), ["value", "no", 11, "", "__name__"]);
  assert.deepEqual(at("sum by (jo|) (up{})"), ["label", "jo", 8, "up", ""]);
  assert.deepEqual(at("a / on(|) b"), ["label", "", 7, "", ""]);
  assert.deepEqual(at('up{job="a}b"} + ra|'), ["word", "ra", 16, "", ""]);
});

test("the best fits come first, and what is there already needs none", () => {
  const all = ["node_load1", "load", "rate", "overload"].map((text) => ({ text, note: "" }));
  assert.deepEqual(rank(all, "load").map(({ text }) => text), ["load", "node_load1", "overload"]);
  assert.deepEqual(rank(all, "rate"), []);
});
