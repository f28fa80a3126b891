// Run by `npm test`, in plain Node: a fake host answers, and denies what is not set up.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Denied, Invalid, Upstream } from "vitrine-sdk";
import { FakeHost, configure, response } from "vitrine-sdk/fake";
import source from "../src/index.js";

const URL = "https://weather.example/now.json";

test("every number is a series", () => {
  new FakeHost().answer(URL, response(200, { temperature: 21.5, place: "roof" }));
  const samples = source.collect(configure(source, { url: URL }));
  assert.equal(samples.value("{{metric}}_value", { name: "temperature" }), 21.5);
  assert.equal(samples.length, 1);
});

test("a broken answer is the far side's fault", () => {
  for (const answer of [response(503), response(200, "<html>"), response(200, "[]")]) {
    new FakeHost().answer(URL, answer);
    assert.throws(() => source.collect(configure(source, { url: URL })), Upstream);
  }
});

test("without a grant it says so", () => {
  new FakeHost();
  assert.throws(() => source.collect(configure(source, { url: URL })), Denied);
});

test("the url is checked", () => {
  assert.throws(() => configure(source, { url: "weather.example" }), Invalid);
});
