// The smaller capabilities. Each needs the grant of its name; without it every call throws `Denied`.

import { Invalid } from "./faults.js";
import { ask } from "./host.js";
import { encodeText } from "./text.js";

/** A small store of the instance's own. Values are bytes; text is stored as UTF-8. */
export const state = {
  get: (key) => ask("state", "get", key) ?? undefined,
  set: (key, value) => ask("state", "set", key, typeof value === "string" ? encodeText(value) : value),
  delete: (key) => ask("state", "delete", key),
  keys: (prefix = "") => ask("state", "keys", prefix),
};

/** The plugin's own metrics on the host's `/metrics`. */
export const metrics = {
  count: (name, labels = {}, by = 1) => ask("metrics", "count", name, labelsToWit(labels), by),
  gauge: (name, labels, value) => ask("metrics", "gauge", name, labelsToWit(labels), value),
};

/** A granted folder, read-only. */
export const files = {
  read: (path, offset = 0, length = 1 << 20) => ask("files", "read", path, offset, length),
  entries: (path = "") => ask("files", "entries", path),
};

/** A granted database. Parameters are null, booleans, numbers and texts; a whole number is sent as an integer. */
export const sql = {
  query: (database, statement, parameters = []) => ask("sql", "query", database, statement, parameters.map(parameterToWit)),
};

const SECTIONS = ["cpu", "load", "memory", "disks", "diskIo", "network", "uptime", "processes"];

/** This machine's counters; each section named costs its own system calls. */
export const system = {
  read: (...sections) => ask("system", "read", Object.fromEntries(SECTIONS.map((name) => [name, sections.includes(name)]))),
};

/** The host's mail relay; the sender is the host's. Returns what the relay answered. */
export const mail = {
  send: ({ to, subject, text, html, thread, key, attachments }) =>
    ask("mail", "send", {
      to: [to].flat(),
      subject,
      text,
      html: html ?? null,
      thread: thread ?? null,
      key,
      attachments: attachments ?? [],
    }),
};

export function labelsToWit(labels) {
  return Object.entries(labels ?? {}).map(([name, value]) => ({ name, value: String(value) }));
}

export function labelsOf(labels) {
  return Object.fromEntries(labels.map(({ name, value }) => [name, value]));
}

function parameterToWit(value) {
  if (value === null || value === undefined) return { tag: "null" };
  if (typeof value === "boolean") return { tag: "flag", val: value };
  if (typeof value === "string") return { tag: "text", val: value };
  if (typeof value === "number" && !Number.isInteger(value)) return { tag: "number", val: value };
  // The engine carries whole numbers as doubles: beyond 2^53 another number would arrive.
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new Invalid(`${String(value)} is too large for an integer: send it as text`);
  return { tag: "integer", val: number };
}
