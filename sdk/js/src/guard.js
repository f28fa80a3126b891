// Every export runs inside this guard: what is thrown becomes a typed fault, and the instance lives on.

import { Fault, Internal, toWit } from "./faults.js";
import * as log from "./log.js";
import { placeOf } from "./place.js";

/** Runs the work of an export; throws a fault as it crosses the border. */
export function guarded(work) {
  try {
    return work();
  } catch (error) {
    throw toWit(error instanceof Fault ? error : told(error));
  }
}

/** Calls one of the author's functions. */
export function call(definition, name, ...parameters) {
  const answer = definition[name](...parameters);
  if (typeof answer?.then === "function") {
    throw new TypeError(`\`${name}\` returned a promise: calls wait for their answer here, so leave out \`async\``);
  }
  return answer;
}

/** What was not meant to be thrown: its message and place go to the log, and into the fault. */
function told(error) {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : `threw ${String(error)}`;
  const place = placeOf(error);
  const sentence = place === undefined ? message : `${message} (at ${place})`;
  try {
    log.error(sentence);
  } catch {
    // A panel's fake host may have no log.
  }
  return new Internal(sentence, { cause: error });
}
