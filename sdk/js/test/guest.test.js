import assert from "node:assert/strict";
import { test } from "node:test";

import { defineChannel, definePanel, defineSource, Failure, http, Invalid, Samples, seriesOf, Upstream, views } from "vitrine-sdk";
import { FakeHost, render, response } from "vitrine-sdk/fake";
import { serveChannel } from "../src/channel.js";
import { serve } from "../src/guest.js";
import { servePanel } from "../src/panel.js";
import { serveSource } from "../src/source.js";

/** What an export throws, as it crosses the border. */
function thrown(work) {
  try {
    work();
  } catch (fault) {
    return fault;
  }
  return undefined;
}

test("a source answers the host, and what it lacks is not offered", () => {
  new FakeHost();
  const { lifecycle, collector, queryable, actions, logs } = serveSource(
    defineSource({ collect: () => new Samples().gauge("up", {}, 1) }),
  );
  assert.deepEqual(thrown(() => collector.collect()), { tag: "internal", val: "the host has not configured this instance" });
  lifecycle.configure("{}");
  assert.equal(lifecycle.check(), "configured");
  assert.deepEqual(collector.collect().values, [1]);
  assert.deepEqual(queryable.query(["a", "b"], {})[1], { tag: "err", val: { tag: "invalid", val: "this plugin offers no queries" } });
  assert.deepEqual(actions.offered(), []);
  assert.deepEqual(thrown(() => actions.run("restart", "{}", "ann")).tag, "invalid");
  assert.deepEqual(thrown(() => logs.read(null, 5)), { tag: "invalid", val: "this plugin offers no logs" });
});

test("a thrown error tells its message and place, and the instance lives on", () => {
  const host = new FakeHost();
  let fails = true;
  const collect = () => {
    if (fails) undefinedThing.property;
    return new Samples();
  };
  const { lifecycle, collector } = serveSource(defineSource({ collect }));
  lifecycle.configure("{}");
  const fault = thrown(() => collector.collect());
  assert.equal(fault.tag, "internal");
  assert.match(fault.val, /^ReferenceError: undefinedThing is not defined \(at .*guest\.test\.js:40\)$/);
  assert.deepEqual(host.lines, [{ level: "error", message: fault.val }]);
  fails = false;
  assert.deepEqual(collector.collect().values, []);
});

test("typed faults pass, promises do not", () => {
  const host = new FakeHost();
  host.fail("https://a.test/", "connect", "nobody answers");
  const source = (collect) => {
    const { lifecycle, collector } = serveSource(defineSource({ collect }));
    lifecycle.configure("{}");
    return thrown(() => collector.collect());
  };
  assert.deepEqual(source(() => http.get("https://a.test/")), { tag: "upstream", val: "nobody answers" });
  assert.deepEqual(source(() => http.get("https://b.test/")).tag, "denied");
  assert.match(source(async () => new Samples()).val, /`collect` returned a promise: .* leave out `async`/);
  assert.match(source(() => ({ values: [] })).val, /`collect` must return Samples/);
});

test("a map leads from the bundle to the author's file", async () => {
  const { placeOf } = await import("../src/place.js");
  // Line 1 of the bundle is the SDK's; line 2, from column 4 on, is line 3 of a.js.
  globalThis.__vitrineMap = { sources: ["vitrine-sdk/src/x.js", "src/a.js"], mappings: "AAAA;ICEA" };
  try {
    assert.equal(placeOf({ stack: "    at f (bundle.js:1:1)\n    at collect (bundle.js:2:9)\n" }), "src/a.js:3");
    assert.equal(placeOf({ stack: "    at parse (native)\n" }), undefined);
  } finally {
    delete globalThis.__vitrineMap;
  }
});

const NOTIFICATION = {
  status: "firing",
  title: "disk",
  group: "g",
  groupLabels: [{ name: "team", value: "web" }],
  alerts: [{ status: "firing", labels: [{ name: "alertname", value: "Disk" }], annotations: [], startsAt: 5, endsAt: null, value: 1, fingerprint: "f", link: "" }],
  host: "http://h",
  timeZone: "UTC",
};

test("a channel's outcomes", () => {
  new FakeHost();
  const deliver = (work) => {
    const { lifecycle, delivery } = serveChannel(defineChannel({ deliver: work }));
    lifecycle.configure("{}");
    let receipt;
    const failure = thrown(() => (receipt = delivery.deliver(NOTIFICATION, "key")));
    return failure ?? receipt;
  };
  assert.deepEqual(deliver((_, { alerts, groupLabels }, key) => `${alerts[0].labels.alertname} ${groupLabels.team} ${key}`), {
    answer: "Disk web key",
    id: null,
  });
  assert.deepEqual(deliver(() => ({ answer: "ok", id: "7" })), { answer: "ok", id: "7" });
  const down = { tag: "upstream", val: "down" };
  assert.deepEqual(deliver(() => { throw new Upstream("down"); }), { tag: "retry", val: down });
  assert.deepEqual(deliver(() => { throw new Invalid("no"); }), { tag: "permanent", val: { tag: "invalid", val: "no" } });
  assert.deepEqual(deliver(() => { throw Failure.permanent(new Upstream("down")); }), { tag: "permanent", val: down });
  assert.deepEqual(deliver(() => { throw Failure.retryAfter(new Upstream("down"), 4.2); }), { tag: "retry-after", val: { fault: down, seconds: 5 } });
  assert.equal(deliver(() => { throw new Error("oops"); }).tag, "retry");
});

test("a panel draws from the columns it is given", () => {
  const panel = definePanel({
    render: ({ frames }) => views.chart({ series: seriesOf(frames).map(({ name, column }) => ({ name, column, mark: "bars" })) }),
  });
  const frames = [
    {
      name: "A",
      columns: [
        { name: "time", labels: [], unit: null, values: { tag: "times", val: [1] } },
        { name: "cpu", labels: [{ name: "mode", value: "idle" }], unit: null, values: { tag: "numbers", val: [0.5] } },
      ],
    },
  ];
  const view = render(panel, frames);
  assert.deepEqual(view.val.series, [{ name: "cpu", points: { tag: "column", val: { frame: 0, column: 1 } }, mark: "bars", stacked: false, side: "left", stroke: "solid", band: null }]);
  const refused = thrown(() => servePanel(panel).rendering.render({ frames, options: '{"colour":1}' }));
  assert.equal(refused.tag, "invalid");
  assert.match(refused.val, /`colour`: unknown field, there are no fields/);
  assert.deepEqual([0.5, 0.85, 0.99, Number.NaN].map((value) => views.stateOf(value, { warn: 0.8, bad: 0.95 })), ["good", "warning", "bad", "neutral"]);
  assert.deepEqual([30, 15, 5].map((value) => views.stateOf(value, { warn: 20, bad: 10 })), ["good", "warning", "bad"]);
});

test("every view is whole where a panel says little", () => {
  const told = (view) => JSON.parse(JSON.stringify(view.val));
  const { left, right, connect } = told(views.chart({ series: [], unit: "ratio", logarithmic: true, right: { minimum: 0 } }));
  assert.deepEqual([left, right, connect], [
    { unit: "ratio", minimum: null, maximum: null, logarithmic: true },
    { unit: "", minimum: 0, maximum: null, logarithmic: false },
    false,
  ]);
  assert.deepEqual(told(views.bars({ categories: ["a"], groups: [{ name: "g", values: [1] }] })).groups, [{ origin: null, name: "g", values: [1] }]);
  assert.deepEqual(told(views.slices({ slices: [{ name: "s", value: 1 }] })), { slices: [{ origin: null, name: "s", value: 1 }], unit: "", hollow: false });
  assert.deepEqual(told(views.grid({ columns: { times: [1] }, rows: { texts: ["r"] }, values: [2] })).columns, { tag: "times", val: [1] });
  const span = { text: "", state: "neutral", start: 1, end: 2 };
  assert.deepEqual(told(views.timeline({ lanes: [{ name: "l", spans: [{ start: 1, end: 2 }] }] })), { lanes: [{ name: "l", spans: [span] }], blocks: false });
  const [line] = told(views.lines({ lines: [{ time: 1, text: "t", fields: { a: 1 } }] })).lines;
  assert.deepEqual(line, { state: "neutral", level: "", fields: [{ name: "a", value: "1" }], link: "", time: 1, text: "t" });
  assert.deepEqual(told(views.graph({ nodes: [{ name: "n" }], edges: [] })).nodes, [{ value: null, state: "neutral", link: "", name: "n" }]);
  assert.deepEqual(views.picture("/a.png", "a"), { tag: "picture", val: { address: "/a.png", text: "a" } });
  assert.equal(told(views.table([{ title: "t", numbers: [1], cell: "gauge" }])).columns[0].cell, "gauge");
});

test("the guest's world: kind, console, random numbers and a panel's lack of time", () => {
  const { console: realConsole, Date: RealDate } = globalThis;
  const realRandom = Math.random;
  const lines = [];
  const capabilities = { log: { write: (level, message) => lines.push([level, message]) }, clock: { now: () => 5e12, monotonic: () => 7e9 } };
  try {
    assert.throws(() => serve("panel", capabilities, defineSource({})), /kind = "panel", but the main module defines a data-source/);
    assert.throws(() => serve("panel", capabilities, undefined), /has no default export/);
    serve("data-source", capabilities, defineSource({}));
    console.warn("a", { b: 1 }, new TypeError("c"));
    assert.deepEqual(lines, [["warn", 'a {"b":1} TypeError: c']]);
    const numbers = Array.from({ length: 100 }, () => Math.random());
    assert.ok(numbers.every((number) => number >= 0 && number < 1) && new Set(numbers).size > 90);
    serve("panel", { log: capabilities.log }, definePanel({ render: () => views.markup("") }));
    assert.throws(() => Date.now(), /a panel has no clock/);
    assert.throws(() => new Date(), /a panel has no clock/);
    assert.equal(new Date(0).getTime(), 0);
    assert.throws(() => Math.random(), /no random numbers/);
  } finally {
    Object.assign(globalThis, { console: realConsole, Date: RealDate });
    Math.random = realRandom;
  }
});
