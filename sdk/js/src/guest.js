// What the entry module of a guest needs: see toolchain/build.mjs, which writes it.

import { serveChannel } from "./channel.js";
import { bind } from "./host.js";
import { makeConsole } from "./log.js";
import { servePanel } from "./panel.js";
import * as clock from "./clock.js";
import { serveSource } from "./source.js";

const SERVE = { "data-source": serveSource, "alert-channel": serveChannel, panel: servePanel };

/** The exports of a guest: what the plugin's main module defines, answering the host. */
export function serve(world, capabilities, definition) {
  if (definition?.kind !== world) {
    const found = definition?.kind === undefined ? "has no default export of define…()" : `defines a ${definition.kind}`;
    throw new TypeError(`plugin.toml says kind = "${world}", but the main module ${found}`);
  }
  bind(capabilities);
  globalThis.console = makeConsole();
  if (world === "panel") withoutTime();
  else Math.random = seededLater();
  return SERVE[world](definition);
}

/** A panel is a pure function: what it draws depends on its request and on nothing else. */
function withoutTime() {
  const refuse = () => {
    throw new TypeError("a panel has no clock: use the request's range");
  };
  const Real = globalThis.Date;
  globalThis.Date = class Date extends Real {
    constructor(...parameters) {
      if (parameters.length === 0) refuse();
      super(...parameters);
    }
    static now() {
      return refuse();
    }
  };
  Math.random = () => {
    throw new TypeError("a panel is the same each time: it has no random numbers");
  };
}

/**
 * The engine was set up when the plugin was built, its random numbers among it: all instances would draw the same ones.
 * These begin with the time of the first draw (xorshift, 32 bits): good for jitter, not for secrets.
 */
function seededLater() {
  let state = 0;
  return () => {
    if (state === 0) state = (Math.imul(clock.now() % 0x7fffffff, 0x9e3779b1) ^ (clock.monotonic() * 1e6)) | 1;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x100000000;
  };
}
