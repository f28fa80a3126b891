// Lines in the host's log. Rate-limited; needs no grant. `console` writes there too.

import { ask } from "./host.js";

export const debug = (message) => ask("log", "write", "debug", String(message));
export const info = (message) => ask("log", "write", "info", String(message));
export const warn = (message) => ask("log", "write", "warn", String(message));
export const error = (message) => ask("log", "write", "error", String(message));

/** A `console` whose lines are the host's log: the engine brings none of its own. */
export function makeConsole() {
  const line = (write) => (...parts) => write(parts.map(shown).join(" "));
  return { debug: line(debug), log: line(info), info: line(info), warn: line(warn), error: line(error) };
}

function shown(part) {
  if (typeof part === "string") return part;
  if (part instanceof Error) return `${part.name}: ${part.message}`;
  try {
    return JSON.stringify(part) ?? String(part);
  } catch {
    return String(part);
  }
}
