// Where the capability modules send their calls: to the host, or in a test to the fake one.

import { Denied, Internal, faultOf } from "./faults.js";

let bound;

/** Called once by the module that the build step writes, and by each fake host. */
export function bind(capabilities) {
  bound = capabilities;
}

/** Calls a function of the host's; what it refuses is thrown as the fault that it is. */
export function ask(capability, name, ...parameters) {
  if (bound === undefined) {
    throw new Internal("there is no host here: in a test, make one with `new FakeHost()` of vitrine-sdk/fake");
  }
  const functions = bound[capability];
  if (functions === undefined) throw new Denied(`a plugin of this kind cannot use \`${capability}\``);
  try {
    return functions[name](...parameters);
  } catch (error) {
    throw faultOf(error);
  }
}
