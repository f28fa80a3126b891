import assert from "node:assert/strict";
import { test } from "node:test";
import { looked } from "../src/page/looks.ts";

test("a panel's words replace its own and nobody else's", () => {
  const address = "http://h/d/x?kiosk=&p0.page=7&p0.filter=a&p10.page=2&var-a=b";
  const of = (words: string) => looked(new URL(address), "p0", new URLSearchParams(words)).search;
  assert.equal(of("range=1h&p0.page=2&p0.sort=-In+use&p10.page=9"), "?kiosk=&p10.page=2&var-a=b&p0.page=2&p0.sort=-In+use");
  assert.equal(of("p0.page=1&p0.filter="), "?kiosk=&p10.page=2&var-a=b");
});
