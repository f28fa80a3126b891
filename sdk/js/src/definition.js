// What all kinds have in common: what a definition may hold, and a life that begins with `configure`.

import { read } from "./config.js";
import { Internal } from "./faults.js";
import { call, guarded } from "./guard.js";

/** Freezes a definition; a part that is misspelt would never be called. */
export function defined(kind, parts, known) {
  for (const [name, part] of Object.entries(parts)) {
    if (name !== "config" && name !== "options" && !known.includes(name)) {
      throw new TypeError(`\`${name}\` is no part of a ${kind}: there are ${["config", ...known].join(", ")}`);
    }
    if (typeof part !== "function" && typeof part !== "object") throw new TypeError(`\`${name}\` is not a function`);
  }
  return Object.freeze({ ...parts, kind });
}

/** The instance that a definition makes of the JSON of the admin's `with:`. */
export function configure(definition, json) {
  const config = read(definition.config ?? {}, JSON.parse(json));
  return definition.configure === undefined ? config : (call(definition, "configure", config) ?? config);
}

/** `lifecycle`, and the instance that it makes. */
export function configured(definition) {
  let made;
  const instance = () => {
    if (made === undefined) throw new Internal("the host has not configured this instance");
    return made.instance;
  };
  const lifecycle = {
    configure: (json) => guarded(() => void (made = { instance: configure(definition, json) })),
    check: () => guarded(() => (definition.check === undefined ? "configured" : String(call(definition, "check", instance())))),
  };
  return { lifecycle, instance };
}
