// Frames: tables in columns, as sources answer them and panels get them.

import { labelsOf, labelsToWit } from "./capabilities.js";

/** A table in columns of the same length. */
export const frame = (name, columns) => ({ name, columns });

/** Milliseconds since the Unix epoch. */
export const times = (name, values) => column(name, "times", values.map(Math.round));

/** NaN stands for "no value". */
export const numbers = (name, values, options) => column(name, "numbers", values, options);
export const texts = (name, values, options) => column(name, "texts", values, options);
export const flags = (name, values, options) => column(name, "flags", values, options);

function column(name, tag, values, { labels, unit } = {}) {
  return { name, labels: labelsToWit(labels), unit: unit ?? null, values: { tag, val: values } };
}

/** The first column of times, or nothing. */
export function timesOf(frame) {
  return frame.columns.find((column) => column.values.tag === "times")?.values.val;
}

/** All columns of numbers: one per series, with the place that a chart refers to it by. */
export function seriesOf(frames) {
  return frames.flatMap((frame, frameIndex) =>
    frame.columns.flatMap((column, columnIndex) =>
      column.values.tag === "numbers"
        ? [{ name: column.name, labels: labelsOf(column.labels), values: column.values.val, column: { frame: frameIndex, column: columnIndex } }]
        : [],
    ),
  );
}
