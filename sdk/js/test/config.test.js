import assert from "node:assert/strict";
import { test } from "node:test";

import { defineSource, fields, Invalid } from "vitrine-sdk";
import { configure } from "vitrine-sdk/fake";

const source = defineSource({
  config: {
    name: fields.text({ matches: /[a-z]+/, like: "a name of small letters" }),
    url: fields.url({ optional: true }),
    retries: fields.number({ default: 3, minimum: 0, maximum: 9, whole: true }),
    verbose: fields.flag({ default: false }),
    unit: fields.choice(["c", "f"], { default: "c" }),
    tags: fields.list(fields.text(), { default: [] }),
    login: fields.table({ user: fields.text() }, { optional: true }),
    extra: fields.map(fields.number(), { default: {} }),
  },
});

test("defaults fill what is left out", () => {
  assert.deepEqual(configure(source, { name: "x", url: "https://a.test//" }), {
    name: "x",
    url: "https://a.test",
    retries: 3,
    verbose: false,
    unit: "c",
    tags: [],
    login: undefined,
    extra: {},
  });
});

for (const [what, config, message] of [
  ["missing", {}, "`name`: this field is missing"],
  ["wrong type", { name: 5 }, "`name`: expected a text, not 5"],
  ["wrong form", { name: "A" }, '`name`: "A" is not a name of small letters'],
  ["only a part right", { name: "ab1" }, '`name`: "ab1" is not a name of small letters'],
  ["address", { name: "x", url: "ftp://a" }, '`url`: "ftp://a" does not start with https:// or http://'],
  ["out of range", { name: "x", retries: 10 }, "`retries`: 10 is not from 0 to 9"],
  ["not whole", { name: "x", retries: 1.5 }, "`retries`: 1.5 is not a whole number"],
  ["flag", { name: "x", verbose: "yes" }, '`verbose`: expected true or false, not "yes"'],
  ["choice", { name: "x", unit: "k" }, '`unit`: "k" is not one of c, f'],
  ["inside a list", { name: "x", tags: ["a", 1] }, "`tags[1]`: expected a text, not 1"],
  ["inside a table", { name: "x", login: {} }, "`login.user`: this field is missing"],
  ["inside a map", { name: "x", extra: { a: true } }, "`extra.a`: expected a number, not true"],
  ["null", { name: null }, "`name`: expected a text, not null"],
]) {
  test(`a mistake names its field: ${what}`, () => {
    assert.throws(() => configure(source, config), (error) => error instanceof Invalid && error.message === message);
  });
}

test("an unknown field names the known ones", () => {
  assert.throws(() => configure(source, { name: "x", nmae: 1 }), /^Invalid: `nmae`: unknown field, expected one of `name`, `url`/);
});

test("a part that is misspelt is refused when the plugin is built", () => {
  assert.throws(() => defineSource({ colect() {} }), /`colect` is no part of a data-source: there are config, configure/);
});
