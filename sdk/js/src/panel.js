// Panels: pure functions from frames to a view.

import { read } from "./config.js";
import { defined } from "./definition.js";
import { call, guarded } from "./guard.js";

/** A panel: `render({ frames, options, width, height, theme, timeZone, range })` returns a view. */
export function definePanel(parts) {
  if (typeof parts.render !== "function") throw new TypeError("a panel needs `render`");
  return defined("panel", parts, ["render"]);
}

/** The interface that the host calls. */
export function servePanel(panel) {
  return { rendering: { render: (request) => guarded(() => render(panel, request)) } };
}

/** Renders as the host does; the request's options are JSON. */
export function render(panel, request) {
  const options = read(panel.options ?? {}, JSON.parse(request.options));
  return call(panel, "render", { ...request, options });
}

/** Drawn by the host and the browser, from columns of the request. */
export function chart({ series, unit = "", minimum = null, maximum = null, thresholds = [] }) {
  return { tag: "chart", val: { series: series.map(line), unit, minimum, maximum, thresholds } };
}

/** `column` refers to the request (see `seriesOf`); or `values` are the panel's own, over the times of `frame`. */
function line({ name, column, frame = 0, values, mark = "line", stacked = false }) {
  const points = column === undefined ? { tag: "computed", val: [frame, values] } : { tag: "column", val: column };
  return { name, points, mark, stacked };
}

/** Large numbers; each figure has at least a `name` and a `value`. */
export function stat({ figures, shape = "number", unit = "" }) {
  const whole = (figure) => ({ state: "neutral", trend: [], minimum: NaN, maximum: NaN, thresholds: [], ...figure });
  return { tag: "stat", val: { shape, unit, figures: figures.map(whole) } };
}

/** Columns with a `title` and one of `times`, `numbers`, `texts` or `flags`. */
export function table(columns) {
  const whole = ({ title, unit = "", align, states = [], ...values }) => {
    const [tag, val] = Object.entries(values)[0] ?? ["texts", []];
    return { title, unit, align: align ?? (tag === "numbers" ? "end" : "start"), values: { tag, val }, states };
  };
  return { tag: "table", val: { columns: columns.map(whole) } };
}

/** HTML; the host keeps only harmless elements. */
export const markup = (html) => ({ tag: "markup", val: html });

/** SVG; the host keeps only harmless elements. */
export const svg = (text) => ({ tag: "svg", val: text });

/** `neutral`, `good`, `warning` or `bad`. Where `bad` is below `warn`, low values are the bad ones. */
export function stateOf(value, { warn, bad } = {}) {
  if ((warn === undefined && bad === undefined) || Number.isNaN(value)) return "neutral";
  const isLowBad = warn !== undefined && bad !== undefined && bad < warn;
  const isBeyond = (level) => level !== undefined && (isLowBad ? value <= level : value >= level);
  if (isBeyond(bad)) return "bad";
  return isBeyond(warn) ? "warning" : "good";
}
