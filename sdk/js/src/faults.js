// Whose fault a failure is. The message is one sentence for that person.

/** A failure that says whose it is. Throw one of the four below. */
export class Fault extends Error {
  /** `kind` tells failures of one capability apart, as `timeout` of `http`. */
  constructor(message, { kind, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.kind = kind;
  }
}

/** The admin's configuration or query is wrong; trying again will not help. */
export class Invalid extends Fault {
  get whose() {
    return "invalid";
  }
}

/** The system watched (or the relay, or the network) failed; trying again may help. */
export class Upstream extends Fault {
  get whose() {
    return "upstream";
  }
}

/** A right was asked for that the admin has not granted. */
export class Denied extends Fault {
  get whose() {
    return "denied";
  }
}

/** The plugin itself failed. Whatever else is thrown becomes one of these. */
export class Internal extends Fault {
  get whose() {
    return "internal";
  }
}

const CLASSES = { invalid: Invalid, denied: Denied, internal: Internal };

/** What the host threw: an error whose payload is a variant of `wit/`. Everything without a class of its own is upstream. */
export function faultOf(error) {
  const payload = error?.payload;
  if (typeof payload?.tag !== "string") return error;
  const Class = CLASSES[payload.tag] ?? Upstream;
  return new Class(String(payload.val ?? payload.tag), { kind: payload.tag });
}

/** A fault as it crosses the border. */
export function toWit(fault) {
  return { tag: fault.whose, val: fault.message };
}

/** What a plugin that does not implement something answers. */
export function notOffered(what) {
  return new Invalid(`this plugin offers no ${what}`);
}
