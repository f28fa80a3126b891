// Run by `npm test`, in plain Node.

import assert from "node:assert/strict";
import { test } from "node:test";

import { frame, numbers, times } from "vitrine-sdk";
import { render } from "vitrine-sdk/fake";
import panel from "../src/index.js";

const series = (name, values) => frame(name, [times("time", values.map((_, place) => place)), numbers(name, values)]);
const figure = (frames, options) => render(panel, frames, options).val.figures[0];

test("the largest is shown", () => {
  const { name, value, state } = figure([series("a", [9, 1]), series("b", [2, 3])], { warn: 2 });
  assert.deepEqual([name, value, state], ["b", 3, "warning"]);
});

test("nothing is no number", () => {
  assert.ok(Number.isNaN(figure([]).value));
  assert.ok(Number.isNaN(figure([series("a", [NaN])]).value));
});
