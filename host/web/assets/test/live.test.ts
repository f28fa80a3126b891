import assert from "node:assert/strict";
import { test } from "node:test";
import { parseChart, parseMessage } from "../src/contract.ts";
import { backoff } from "../src/live/backoff.ts";

test("waits double from one second to thirty, with jitter", () => {
  assert.deepEqual([0, 1, 2, 5, 60].map((attempt) => backoff(attempt, 1)), [1000, 2000, 4000, 30_000, 30_000]);
  assert.deepEqual([0, 3, 60].map((attempt) => backoff(attempt, 0)), [1000, 4000, 15_000]);
});

test("messages that cannot be understood are dropped", () => {
  const broken = ["", "null", "[]", "{}", '{"type":"new"}', '{"type":"chart","panel":"p1","chart":{}}',
    '{"type":"append","panel":"p1","from":0,"times":[1],"values":[[]]}'];
  for (const text of broken) assert.equal(parseMessage(text), null, text);
  assert.equal(parseMessage('{"type":"settings"}')?.type, "settings");
  assert.equal(parseMessage('{"type":"append","panel":"p1","from":0,"times":[1],"values":[[null]]}')?.type, "append");
});

test("a chart needs one list of values for each series", () => {
  const text = JSON.stringify({ range: [0, 1], thresholds: [], series: [{ name: "a" }], times: [0], values: [] });
  assert.equal(parseChart(text), null);
});
