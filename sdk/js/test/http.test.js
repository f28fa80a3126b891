import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeText, Denied, encodeText, fields, http, Invalid, sql, Upstream } from "vitrine-sdk";
import { FakeHost, response } from "vitrine-sdk/fake";

const URL = "https://api.test/";

test("a request crosses as wit/ has it", () => {
  const host = new FakeHost();
  host.answer(URL, response(200, { ok: true }, { "X-Number": "7" }));
  const answer = http.post(URL, { json: { a: "ä" }, headers: { accept: "*/*" }, timeout: 1500.4, secrets: [http.secret.bearer("token")] });
  assert.deepEqual(host.requests, [
    {
      method: "POST",
      url: URL,
      headers: [
        { name: "accept", value: "*/*" },
        { name: "content-type", value: "application/json" },
      ],
      body: encodeText('{"a":"ä"}'),
      secrets: [{ name: "token", placement: { tag: "bearer" } }],
      timeout: 1500,
      redirects: 5,
    },
  ]);
  assert.deepEqual([answer.ok, answer.json(), answer.header("x-number"), answer.header("none")], [true, { ok: true }, "7", undefined]);
});

test("a secret is named with its place, as wit/ has it", () => {
  const host = new FakeHost();
  host.answer(URL, response(200));
  const { bearer, header, prefixed, basic, query, json, form } = http.secret;
  const secrets = [
    bearer("a"),
    header("b", "X-Key"),
    prefixed("c", "X-Key", "Token "),
    basic("d", "me"),
    query("e", "key"),
    json("f", "/auth/token"),
    form("g", "password"),
  ];
  http.post(URL, { json: {}, secrets });
  assert.deepEqual(host.requests[0].secrets, [
    { name: "a", placement: { tag: "bearer" } },
    { name: "b", placement: { tag: "header", val: "X-Key" } },
    { name: "c", placement: { tag: "prefixed", val: { name: "X-Key", prefix: "Token " } } },
    { name: "d", placement: { tag: "basic", val: "me" } },
    { name: "e", placement: { tag: "query", val: "key" } },
    { name: "f", placement: { tag: "json", val: "/auth/token" } },
    { name: "g", placement: { tag: "form", val: "password" } },
  ]);
});

test("what the host refuses is thrown as the fault that it is", () => {
  const host = new FakeHost();
  assert.throws(() => http.get(URL), (error) => error instanceof Denied && error.kind === "denied" && error.message.includes(URL));
  for (const [kind, Class] of [["timeout", Upstream], ["too-large", Upstream], ["tls", Upstream], ["invalid", Invalid]]) {
    host.fail(`${URL}${kind}`, kind, "why");
    assert.throws(() => http.get(`${URL}${kind}`), (error) => error instanceof Class && error.kind === kind && error.message === "why");
  }
});

test("an answer that is no JSON is the far side's fault", () => {
  const host = new FakeHost();
  host.answer(URL, response(200, "<html>"));
  assert.throws(() => http.get(URL).json(), (error) => error instanceof Upstream && error.message.startsWith("the answer is not as expected"));
});

test("an answer without what is wanted of it is the far side's fault, too", () => {
  const host = new FakeHost();
  const wanted = { name: fields.text(), list: fields.list(fields.table({ id: fields.number() }), { default: [] }) };
  host.answer(URL, response(200, { name: "a", more: 1, list: [{ id: 1, more: 2 }] }));
  assert.deepEqual(http.get(URL).json(wanted), { name: "a", list: [{ id: 1 }] });
  for (const [body, message] of [["[]", "expected a table"], ["{}", "`name`: this field is missing"], ['{"name":1}', "`name`: expected a text, not 1"]]) {
    const bad = new FakeHost();
    bad.answer(URL, response(200, body));
    assert.throws(() => http.get(URL).json(wanted), (error) => error instanceof Upstream && error.message === `the answer is not as expected: ${message}`);
  }
});

test("what is nested without end never reaches the parser, and brackets in texts do not count", () => {
  const json = (body) => {
    new FakeHost().answer(URL, response(200, body));
    return http.get(URL).json();
  };
  assert.throws(() => json("[".repeat(100_000)), (error) => error instanceof Upstream && /nested more than 500 deep/.test(error.message));
  assert.throws(() => json('{"a":[],"b":'.repeat(501)), /nested more than 500 deep/);
  assert.deepEqual(json(`["${"[".repeat(2_000)}\\"[[", {"[": "\\\\"}]`), ["[".repeat(2_000) + '"[[', { "[": "\\" }]);
  assert.throws(() => json('["' + "[".repeat(2_000)), Upstream);
  assert.equal(json(`${"[".repeat(500)}${"]".repeat(500)}`).length, 1);
});

test("text and bytes are UTF-8, with and without the fast way", () => {
  const text = "aß€😀".repeat(5_000);
  assert.deepEqual(encodeText(text), new TextEncoder().encode(text));
  assert.equal(decodeText(new TextEncoder().encode(text)), text);
  assert.equal(decodeText(encodeText("a\ud800b")), "a\ufffdb");
  for (const bytes of [[0x61, 0xff, 0x62], [0xc3], [0xe2, 0x82, 0x61], [0xed, 0xa0, 0x80], [0xf5, 0x61], [0xc0, 0x80]]) {
    const decoded = decodeText(Uint8Array.from(bytes));
    assert.equal(decoded.replaceAll("\ufffd", ""), new TextDecoder().decode(Uint8Array.from(bytes)).replaceAll("\ufffd", ""));
    assert.ok(decoded.includes("\ufffd"));
  }
});

test("integers that a double cannot carry are refused before they change", () => {
  new FakeHost();
  assert.throws(() => sql.query("shop", "select ?", [2 ** 53]), (error) => error instanceof Invalid && error.message.includes("9007199254740992"));
  assert.throws(() => sql.query("shop", "select ?", [2n ** 60n]), Invalid);
});
