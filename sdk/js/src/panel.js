// Panels: pure functions from frames to a view.

import { labelsToWit } from "./capabilities.js";
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

/** Drawn by the host and the browser, from columns of the request. `right` is the second axis. */
export function chart({ series, thresholds = [], connect = false, statistics = [], right = {}, ...left }) {
  return { tag: "chart", val: { series: series.map(line), left: axis(left), right: axis(right), thresholds, connect, statistics } };
}

function axis({ unit = "", minimum = null, maximum = null, logarithmic = false }) {
  return { unit, minimum, maximum, logarithmic };
}

/** `column` refers to the request (see `seriesOf`); or `values` are the panel's own, over the times of `frame`. */
function line({ name, column, frame = 0, values, mark = "line", stacked = false, side = "left", stroke = "solid", band = null }) {
  const points = column === undefined ? { tag: "computed", val: [frame, values] } : { tag: "column", val: column };
  return { name, points, mark, stacked, side, stroke, band };
}

/** Large numbers, arcs or bars; each figure has at least a `name` and a `value`. */
export function stat({ figures, shape = "number", unit = "", tinted = false }) {
  const rest = { delta: NaN, state: "neutral", trend: [], minimum: NaN, maximum: NaN, thresholds: [] };
  return { tag: "stat", val: { shape, unit, tinted, figures: figures.map((figure) => ({ ...rest, ...figure })) } };
}

/** Columns with a `title` and one of `times`, `numbers`, `texts` or `flags`. */
export function table(columns) {
  const whole = ({ title, unit = "", align, states = [], cell = "plain", minimum = NaN, maximum = NaN, links = [], ...values }) => {
    const [tag, val] = Object.entries(values)[0] ?? ["texts", []];
    const shown = { unit, align: align ?? (tag === "numbers" ? "end" : "start"), values: { tag, val } };
    return { title, ...shown, states, cell, minimum, maximum, links };
  };
  return { tag: "table", val: { columns: columns.map(whole) } };
}

/** A bar for each category, or one of each group side by side or stacked. */
export function bars({ categories, groups, unit = "", stacked = false, horizontal = false, touching = false, thresholds = [] }) {
  const whole = (group) => ({ origin: null, ...group });
  return { tag: "bars", val: { categories, groups: groups.map(whole), unit, stacked, horizontal, touching, thresholds } };
}

/** Parts of a whole. */
export function slices({ slices: parts, unit = "", hollow = false }) {
  return { tag: "slices", val: { slices: parts.map((part) => ({ origin: null, ...part })), unit, hollow } };
}

/** `columns` and `rows` are lists of times, numbers or texts: `{ times: [] }`; `values` go column by column. */
export function grid({ columns, rows, values, rowUnit = "", unit = "" }) {
  const list = (given) => {
    const [tag, val] = Object.entries(given)[0];
    return { tag, val };
  };
  return { tag: "grid", val: { columns: list(columns), rows: list(rows), rowUnit, values, unit } };
}

/** What was the case when: `lanes` with a `name` and `spans` from `start` until before `end`. */
export function timeline({ lanes, blocks = false }) {
  const whole = (span) => ({ text: "", state: "neutral", ...span });
  return { tag: "timeline", val: { lanes: lanes.map(({ name, spans }) => ({ name, spans: spans.map(whole) })), blocks } };
}

/** What happened, in the order to be read: each line has at least a `time` and a `text`. */
export function lines({ lines: list, ages = false }) {
  const whole = ({ fields, ...one }) => ({ state: "neutral", level: "", fields: labelsToWit(fields), link: "", ...one });
  return { tag: "lines", val: { lines: list.map(whole), ages } };
}

/** `edges` lead from `source` to `target`, places in `nodes`. */
export function graph({ nodes, edges, nodeUnit = "", edgeUnit = "" }) {
  const node = (one) => ({ value: NaN, state: "neutral", link: "", ...one });
  const edge = (one) => ({ value: NaN, state: "neutral", ...one });
  return { tag: "graph", val: { nodes: nodes.map(node), edges: edges.map(edge), nodeUnit, edgeUnit } };
}

/** A path on the host, or `data:image/…;base64,…`; `text` says what is to be seen. */
export const picture = (address, text) => ({ tag: "picture", val: { address, text } });

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
