// A host for unit tests, in plain Node. What a test does not set up is denied, as it is by the real host.

import { configure as configureDefinition } from "./definition.js";
import { bind } from "./host.js";
import { render as renderPanel } from "./panel.js";
import { encodeText } from "./text.js";

/** 2026-01-01T00:00:00Z. */
const START = Date.UTC(2026, 0, 1);

/** The host of the test. Making one forgets everything that another left behind. */
export class FakeHost {
  /** What the plugin logged so far: `{ level, message }`. */
  lines = [];
  /** The requests sent so far, as they cross the border. */
  requests = [];
  /** The messages that were to be sent so far. */
  mails = [];
  /** The plugin's own metrics so far. */
  metrics = [];

  #now = START;
  #monotonic = 0;
  #answers = new Map();
  #state;
  #files;
  #rows = new Map();
  #system;
  #mail;
  #hasMetrics = false;

  constructor() {
    bind(this.#capabilities());
  }

  /** Sets the clock, in milliseconds since the Unix epoch. */
  setNow(now) {
    this.#now = now;
  }

  /** Moves both clocks on. */
  advance(milliseconds) {
    this.#now += milliseconds;
    this.#monotonic += milliseconds;
  }

  /** Answers requests to this URL. Several answers are given in turn; the last one is repeated. */
  answer(url, response) {
    this.#queue(url).push(() => response);
  }

  /** Fails requests to this URL; `kind` is `connect`, `timeout`, `tls`, … */
  fail(url, kind, reason = kind) {
    this.#queue(url).push(() => refuse(kind, reason));
  }

  /** Grants `state`, with an empty store. */
  grantState() {
    this.#state = new Map();
  }

  /** Grants `metrics`. */
  grantMetrics() {
    this.#hasMetrics = true;
  }

  /** Grants `files` and puts one file there. */
  putFile(path, content) {
    this.#files ??= new Map();
    this.#files.set(path, typeof content === "string" ? encodeText(content) : content);
  }

  /** Grants a database and sets what this statement answers. */
  setRows(database, statement, frame) {
    this.#rows.set(JSON.stringify([database, statement]), frame);
  }

  /** Grants `system` and sets what it reads. */
  setSystem(snapshot) {
    this.#system = snapshot;
  }

  /** Grants `mail`; from now on every message gets this answer. */
  setMail(answer) {
    this.#mail = answer;
  }

  #queue(url) {
    const answers = this.#answers.get(url) ?? [];
    this.#answers.set(url, answers);
    return answers;
  }

  #send(request) {
    this.requests.push(request);
    const answers = this.#answers.get(request.url);
    if (answers === undefined) refuse("denied", `\`http\` is not granted for ${request.url}`);
    return (answers.length > 1 ? answers.shift() : answers[0])();
  }

  #metric(name, labels, value) {
    if (!this.#hasMetrics) refuse("denied", "`metrics` is not granted: set it up on the fake host");
    this.metrics.push({ name, labels, value });
  }

  #capabilities() {
    const granted = (right, value) => value ?? refuse("denied", `\`${right}\` is not granted: set it up on the fake host`);
    return {
      log: { write: (level, message) => void this.lines.push({ level, message }) },
      clock: { now: () => this.#now, monotonic: () => this.#monotonic * 1e6 },
      http: { send: (request) => this.#send(request) },
      state: {
        get: (key) => granted("state", this.#state).get(key) ?? null,
        set: (key, value) => void granted("state", this.#state).set(key, value),
        delete: (key) => void granted("state", this.#state).delete(key),
        keys: (prefix) => [...granted("state", this.#state).keys()].filter((key) => key.startsWith(prefix)).sort(),
      },
      metrics: {
        count: (name, labels, by) => this.#metric(name, labels, by),
        gauge: (name, labels, value) => this.#metric(name, labels, value),
      },
      files: {
        read: (path, offset, length) => {
          const content = granted("files", this.#files).get(path) ?? refuse("upstream", `there is no file ${path}`);
          return content.slice(offset, offset + length);
        },
        entries: (path) => this.#entries(granted("files", this.#files), path === "" ? "" : `${path}/`),
      },
      sql: { query: (database, statement) => granted("sql", this.#rows.get(JSON.stringify([database, statement]))) },
      system: { read: () => granted("system", this.#system) },
      mail: {
        send: (message) => {
          this.mails.push(message);
          return granted("mail", this.#mail);
        },
      },
    };
  }

  #entries(files, folder) {
    const inside = [...files].filter(([path]) => path.startsWith(folder) && !path.slice(folder.length).includes("/"));
    return inside.map(([path, content]) => ({
      name: path.slice(folder.length),
      size: content.length,
      folder: false,
      modified: this.#now,
    }));
  }
}

/** An answer with this status and body, and nothing else remarkable. */
export function response(status, body = "", headers = {}) {
  const bytes = typeof body === "string" ? encodeText(body) : encodeText(JSON.stringify(body));
  return {
    status,
    version: "1.1",
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    body: bytes,
    address: "192.0.2.1:443",
    url: "",
    redirects: 0,
    timing: { resolve: 0.001, connect: 0.002, tls: 0.003, processing: 0.004, transfer: 0.005 },
    tls: null,
  };
}

/** Configures a source or a channel as the host does; answers what its functions get first. */
export function configure(definition, config = {}) {
  return configureDefinition(definition, JSON.stringify(config));
}

/** Renders a panel as the host does, in a box of 600 × 300 pixels, over the last hour of a day long ago. */
export function render(panel, frames, options = {}) {
  return renderPanel(panel, {
    frames,
    options: JSON.stringify(options),
    width: 600,
    height: 300,
    theme: "light",
    timeZone: "UTC",
    range: { start: 0, end: 3_600_000, step: 15_000 },
  });
}

/** What the real host throws: see faults.js. */
function refuse(tag, reason) {
  throw Object.assign(new Error(reason), { payload: { tag, val: reason } });
}
