import assert from "node:assert/strict";
import { test } from "node:test";

import { Samples } from "vitrine-sdk";
import { FakeHost } from "vitrine-sdk/fake";

test("each text crosses once, and an empty label is none", () => {
  const samples = new Samples();
  samples.gauge("a_ratio", { zone: "x", none: "", nothing: undefined, number: 4 }, 0.5);
  samples.counter("b_total", { zone: "x" }, 2);
  assert.deepEqual(samples.toWit(), {
    families: [
      { name: "a_ratio", kind: "gauge", help: "", unit: "" },
      { name: "b_total", kind: "counter", help: "", unit: "" },
    ],
    symbols: ["__name__", "a_ratio", "zone", "x", "number", "4", "b_total"],
    labels: [0, 1, 2, 3, 4, 5, 0, 6, 2, 3],
    ends: [6, 10],
    values: [0.5, 2],
    times: [],
  });
});

test("a time for one is a time for all", () => {
  const host = new FakeHost();
  host.setNow(5_000);
  const samples = new Samples();
  samples.gauge("a", {}, 1).gauge("a", { b: "c" }, 2).at(1_234.4);
  samples.gauge("a", { b: "d" }, 3);
  assert.deepEqual(samples.toWit().times, [5_000, 1_234, 5_000]);
});

test("samples are found by their labels in any order, and shown as text", () => {
  const samples = new Samples().gauge("a", { x: "1", y: "2" }, 7).gauge("b", {}, Number.NaN);
  assert.equal(samples.value("a", { y: 2, x: 1 }), 7);
  assert.equal(samples.value("a", { x: "1" }), undefined);
  assert.equal(String(samples), 'a{x="1",y="2"} 7\nb NaN\n');
});

test("what is no number is refused by name", () => {
  assert.throws(() => new Samples().gauge("a", {}, "7"), /the value of a is "7"/);
});
