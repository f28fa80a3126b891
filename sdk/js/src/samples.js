// What a collector returns: samples in columns, with each text kept once.

import * as clock from "./clock.js";

/**
 * Samples of one poll. Names follow Prometheus's conventions: base units, `_total` on counters. A family that is not
 * declared is declared by its first sample.
 */
export class Samples {
  #symbols = new Map();
  #families = new Map();
  #labels = [];
  #ends = [];
  #values = [];
  #times = [];

  /** Says what a metric is. Worth it where the name does not say it all. */
  family(name, kind, help = "", unit = "") {
    this.#families.set(name, { name, kind, help, unit });
    return this;
  }

  /** A value that goes up and down. */
  gauge(name, labels, value) {
    return this.add(name, "gauge", labels, value);
  }

  /** A value that only goes up, until what is counted starts anew. */
  counter(name, labels, value) {
    return this.add(name, "counter", labels, value);
  }

  /** A sample of any kind. */
  add(name, kind, labels, value) {
    if (typeof value !== "number") throw new TypeError(`the value of ${name} is ${JSON.stringify(value)}, which is not a number`);
    if (!this.#families.has(name)) this.family(name, kind);
    this.#labels.push(this.#symbol("__name__"), this.#symbol(name));
    for (const [label, text] of Object.entries(labels ?? {})) {
      // To Prometheus an empty label is a label that is not there.
      if (text === undefined || text === null || text === "") continue;
      this.#labels.push(this.#symbol(label), this.#symbol(String(text)));
    }
    this.#ends.push(this.#labels.length);
    this.#values.push(value);
    if (this.#times.length > 0) this.#times.push(clock.now());
    return this;
  }

  /** Sets the time of the sample added last, in milliseconds since the Unix epoch. Without it a sample is of now. */
  at(time) {
    if (this.#times.length === 0) this.#times = this.#values.map(() => clock.now());
    this.#times[this.#times.length - 1] = Math.round(time);
    return this;
  }

  get length() {
    return this.#values.length;
  }

  /** The value of the series with this name and exactly these labels, in any order. */
  value(name, labels = {}) {
    const wanted = JSON.stringify([name, Object.entries(labels).map(([label, text]) => [label, String(text)]).sort()]);
    const index = this.#rows().findIndex((row) => JSON.stringify([row.name, Object.entries(row.labels).sort()]) === wanted);
    return this.#values[index];
  }

  /** One line per series, as in Prometheus's text format: for tests and logs. */
  toString() {
    const lines = this.#rows().map(({ name, labels }, index) => {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
      return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${this.#values[index]}\n`;
    });
    return lines.join("");
  }

  /** As it crosses the border. */
  toWit() {
    return {
      families: [...this.#families.values()],
      symbols: [...this.#symbols.keys()],
      labels: this.#labels,
      ends: this.#ends,
      values: this.#values,
      times: this.#times,
    };
  }

  #symbol(text) {
    const known = this.#symbols.get(text);
    if (known !== undefined) return known;
    this.#symbols.set(text, this.#symbols.size);
    return this.#symbols.size - 1;
  }

  #rows() {
    const texts = [...this.#symbols.keys()];
    return this.#ends.map((end, index) => {
      const row = this.#labels.slice(this.#ends[index - 1] ?? 0, end).map((symbol) => texts[symbol]);
      const labels = {};
      for (let place = 2; place < row.length; place += 2) labels[row[place]] = row[place + 1];
      return { name: row[1], labels };
    });
  }
}
