// Write Vitrine plugins in JavaScript: everything that a plugin imports.

export { defineChannel, Failure } from "./channel.js";
export { definePanel } from "./panel.js";
export { defineSource } from "./source.js";

export * as clock from "./clock.js";
export * as fields from "./config.js";
export * as http from "./http.js";
export * as log from "./log.js";
export * as views from "./panel.js";
export { files, mail, metrics, sql, state, system } from "./capabilities.js";

export { Denied, Fault, Internal, Invalid, Upstream } from "./faults.js";
export { flags, frame, numbers, seriesOf, texts, times, timesOf } from "./frame.js";
export { Samples } from "./samples.js";
export { decodeText, encodeText } from "./text.js";
