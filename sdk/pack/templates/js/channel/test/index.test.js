// Run by `npm test`, in plain Node: a fake host answers, and denies what is not set up.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Failure, decodeText } from "vitrine-sdk";
import { FakeHost, configure, response } from "vitrine-sdk/fake";
import channel from "../src/index.js";

const URL = "https://hooks.example/in";
const NOTIFICATION = { status: "firing", title: "the disk is full", group: "disk", groupLabels: {}, alerts: [], host: "", timeZone: "UTC" };

function deliver(status) {
  const host = new FakeHost();
  host.answer(URL, response(status));
  return { host, work: () => channel.deliver(configure(channel, { url: URL }), NOTIFICATION, "key-1") };
}

test("the far side gets title and key", () => {
  const { host, work } = deliver(200);
  assert.equal(work(), "200");
  const [request] = host.requests;
  assert.ok(request.headers.some(({ name, value }) => name === "idempotency-key" && value === "key-1"));
  assert.match(decodeText(request.body), /the disk is full/);
});

test("the answer says whether to try again", () => {
  for (const [status, verdict] of [[503, "retry"], [404, "permanent"]]) {
    assert.throws(deliver(status).work, (failure) => failure instanceof Failure && failure.tag === verdict);
  }
});
