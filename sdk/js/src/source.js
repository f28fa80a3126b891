// Data sources: configured, then polled, asked, acted on or read.

import { labelsToWit } from "./capabilities.js";
import { configured, defined } from "./definition.js";
import { notOffered } from "./faults.js";
import { call, guarded } from "./guard.js";
import { Samples } from "./samples.js";

/**
 * A source. `config` says what the admin may set; `configure` may check more, and what it returns is given to the others
 * (without it, the configuration itself). What is not there answers "not offered"; `offers` in plugin.toml says what is.
 */
export function defineSource(parts) {
  return defined("data-source", parts, ["configure", "check", "collect", "query", "actions", "logs"]);
}

/** The interfaces that the host calls. */
export function serveSource(source) {
  const { lifecycle, instance } = configured(source);
  const part = (name, what, ...parameters) => {
    if (source[name] === undefined) throw notOffered(what);
    return call(source, name, instance(), ...parameters);
  };
  return {
    lifecycle,
    collector: {
      collect: () => guarded(() => batch(part("collect", "collector"))),
    },
    queryable: {
      query: (queries, range) => queries.map((query) => answer(() => part("query", "queries", query, range))),
    },
    actions: {
      offered: () => Object.entries(source.actions ?? {}).map(offer),
      run: (name, text, person) => guarded(() => run(source.actions ?? {}, name, [instance(), JSON.parse(text), person])),
    },
    logs: {
      read: (cursor, limit) => guarded(() => page(part("logs", "logs", cursor ?? undefined, limit))),
    },
  };
}

function batch(samples) {
  if (!(samples instanceof Samples)) throw new TypeError("`collect` must return Samples");
  return samples.toWit();
}

/** One query's answer: a result inside a list is told apart by its tag. */
function answer(work) {
  try {
    return { tag: "ok", val: guarded(work) };
  } catch (fault) {
    return { tag: "err", val: fault };
  }
}

function offer([name, { title, description = "", destructive = false, arguments: schema = {} }]) {
  return { name, title: title ?? name, description, destructive, arguments: JSON.stringify(schema) };
}

function run(actions, name, parameters) {
  if (!Object.hasOwn(actions, name)) throw notOffered(`action \`${name}\``);
  return String(call(actions[name], "run", ...parameters) ?? "done");
}

function page({ lines = [], labels, cursor }) {
  return {
    times: lines.map((line) => Math.round(line.time)),
    levels: lines.map((line) => line.level ?? "info"),
    messages: lines.map((line) => line.message),
    labels: labelsToWit(labels),
    cursor: cursor ?? null,
  };
}
