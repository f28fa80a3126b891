// The admin's `with:` (or a panel's options): checked field by field. A mistake is `Invalid` and names the field.

import { Invalid } from "./faults.js";

const ABSENT = Symbol("absent");

/** Reads an object by its fields. Unknown keys are refused; of what others say (`isForeign`) they are passed over. */
export function read(fields, value, path = "", isForeign = false) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw wrong(path, "expected a table");
  for (const key of isForeign ? [] : Object.keys(value)) {
    if (!Object.hasOwn(fields, key)) {
      const known = Object.keys(fields).map((name) => `\`${name}\``);
      const expected = known.length === 0 ? "there are no fields" : `expected one of ${known.join(", ")}`;
      throw wrong(inside(path, key), `unknown field, ${expected}`);
    }
  }
  const config = {};
  for (const [name, field] of Object.entries(fields)) {
    const given = Object.hasOwn(value, name) ? value[name] : ABSENT;
    config[name] = field(given, inside(path, name), isForeign);
  }
  return config;
}

/** A text. `matches` is a regular expression that the whole of it must match; `like` says so in words. */
export function text({ matches, like, ...options } = {}) {
  return field(options, (value, path) => {
    if (typeof value !== "string") throw wrong(path, `expected a text, not ${shown(value)}`);
    if (matches !== undefined && !new RegExp(`^(?:${matches.source})$`, matches.flags).test(value)) {
      throw wrong(path, `${shown(value)} is not ${like ?? `like ${matches.source}`}`);
    }
    return value;
  });
}

/** An address with `https://` or `http://`; a slash at its end goes. */
export function url(options) {
  return field(options, (value, path) => {
    if (typeof value !== "string" || !/^https?:\/\/[^\s/]/.test(value)) {
      throw wrong(path, `${shown(value)} does not start with https:// or http://`);
    }
    return value.replace(/\/+$/, "");
  });
}

/** A number; `minimum` and `maximum` are allowed themselves. */
export function number({ minimum = -Infinity, maximum = Infinity, whole = false, ...options } = {}) {
  return field(options, (value, path) => {
    if (typeof value !== "number") throw wrong(path, `expected a number, not ${shown(value)}`);
    if (whole && !Number.isInteger(value)) throw wrong(path, `${value} is not a whole number`);
    if (value < minimum || value > maximum) throw wrong(path, `${value} is not from ${minimum} to ${maximum}`);
    return value;
  });
}

/** True or false. */
export function flag(options) {
  return field(options, (value, path) => {
    if (typeof value !== "boolean") throw wrong(path, `expected true or false, not ${shown(value)}`);
    return value;
  });
}

/** One of some texts. */
export function choice(choices, options) {
  return field(options, (value, path) => {
    if (!choices.includes(value)) throw wrong(path, `${shown(value)} is not one of ${choices.join(", ")}`);
    return value;
  });
}

/** A list whose items are all of one field's type. */
export function list(item, options) {
  return field(options, (value, path, isForeign) => {
    if (!Array.isArray(value)) throw wrong(path, `expected a list, not ${shown(value)}`);
    return value.map((one, place) => item(one, `${path}[${place}]`, isForeign));
  });
}

/** A table with fields of its own. */
export function table(fields, options) {
  return field(options, (value, path, isForeign) => read(fields, value, path, isForeign));
}

/** A table of any keys, whose values are all of one field's type. */
export function map(item, options) {
  return field(options, (value, path, isForeign) => {
    if (value === null || typeof value !== "object" || Array.isArray(value)) throw wrong(path, "expected a table");
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, item(one, inside(path, key), isForeign)]));
  });
}

/** A mistake of the admin's in one field. */
export function wrong(path, reason) {
  return new Invalid(path === "" ? reason : `\`${path}\`: ${reason}`);
}

function field({ default: fallback, optional = false } = {}, check) {
  return (value, path, isForeign) => {
    if (value !== ABSENT) return check(value, path, isForeign);
    if (fallback !== undefined || optional) return fallback;
    throw wrong(path, "this field is missing");
  };
}

const inside = (path, key) => (path === "" ? key : `${path}.${key}`);

/** The beginning of a value: an admin, or the far side, may have written a book. */
function shown(value) {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
