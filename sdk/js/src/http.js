// HTTP requests, to what the grant `http` lists and to nothing else. Calls wait for the answer; there are no promises.

import { read } from "./config.js";
import { Upstream } from "./faults.js";
import { ask } from "./host.js";
import { decodeText, encodeText } from "./text.js";

const REDIRECTS = 5;

/**
 * Sends a request and waits for its answer. Throws `Denied` without a grant, `Invalid` where it cannot be sent as it is,
 * and `Upstream` otherwise; `kind` then says more (`resolve`, `connect`, `tls`, `timeout`, `too-large`, `protocol`).
 */
export function send(method, url, options = {}) {
  const headers = Object.entries(options.headers ?? {}).map(([name, value]) => ({ name, value: String(value) }));
  let body = options.body ?? new Uint8Array(0);
  if (options.json !== undefined) {
    headers.push({ name: "content-type", value: "application/json" });
    body = JSON.stringify(options.json);
  }
  const request = {
    method,
    url: String(url),
    headers,
    body: typeof body === "string" ? encodeText(body) : body,
    secrets: options.secrets ?? [],
    timeout: options.timeout === undefined ? null : Math.max(1, Math.round(options.timeout)),
    redirects: options.redirects ?? REDIRECTS,
  };
  return new Response(ask("http", "send", request));
}

export const get = (url, options) => send("GET", url, options);
export const post = (url, options) => send("POST", url, options);

/** Names a secret of `plugin.toml` and where the host puts it; the plugin itself never sees it. */
export const secret = {
  bearer: (name) => ({ name, placement: { tag: "bearer" } }),
  header: (name, header) => ({ name, placement: { tag: "header", val: header } }),
  basic: (name, user) => ({ name, placement: { tag: "basic", val: user } }),
  query: (name, parameter) => ({ name, placement: { tag: "query", val: parameter } }),
  /** A header with something before the secret: `Token ` needs its space. */
  prefixed: (name, header, prefix) => ({ name, placement: { tag: "prefixed", val: { name: header, prefix } } }),
  /** A member of the JSON object that the body is: its name, or a JSON Pointer (`/auth/token`). */
  json: (name, member) => ({ name, placement: { tag: "json", val: member } }),
  /** A field added to the body of an HTML form (`a=1&b=2`). */
  form: (name, field) => ({ name, placement: { tag: "form", val: field } }),
};

/** An answer, whatever its status. */
export class Response {
  constructor(raw) {
    Object.assign(this, raw);
    this.body = raw.body instanceof Uint8Array ? raw.body : Uint8Array.from(raw.body);
    this.tls = raw.tls ?? undefined;
  }

  get ok() {
    return this.status >= 200 && this.status < 300;
  }

  /** A header's value; names are compared without regard to case. */
  header(name) {
    return this.headers.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value;
  }

  /** The body as text; what is not UTF-8 is replaced. */
  text() {
    return decodeText(this.body);
  }

  /** The body as JSON, with the fields wanted of it; a fault of the far side where it is not so. */
  json(fields) {
    try {
      const value = parse(this.text());
      return fields === undefined ? value : read(fields, value, "", true);
    } catch (error) {
      throw new Upstream(`the answer is not as expected: ${error.message}`, { cause: error });
    }
  }
}

/** Deeper than any document; the engine's own parser follows brackets until its stack ends, and the instance with it. */
const DEEPEST = 500;

/** All that is no bracket: strings, and what lies between. */
const BETWEEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[^"[\]{}]+/gs;

function parse(text) {
  let depth = 0;
  for (const bracket of text.replace(BETWEEN, "")) {
    if (bracket === "[" || bracket === "{") depth += 1;
    else depth -= 1;
    if (depth > DEEPEST) throw new SyntaxError(`it is nested more than ${DEEPEST} deep`);
  }
  return JSON.parse(text);
}
