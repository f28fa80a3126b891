// src/index.js → a component, by SpiderMonkey: `node build.mjs --source FILE --wit FOLDER --out FILE`, beside the packages that package-lock.json pins.

import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import { componentize } from "@bytecodealliance/componentize-js";

const { values } = parseArgs({ options: { source: { type: "string" }, wit: { type: "string" }, out: { type: "string" } } });
const { component } = await componentize({
  sourcePath: values.source,
  witPath: values.wit,
  worldName: "data-source",
  // It asks, and nobody asks it.
  disableFeatures: ["fetch-event"],
});
await writeFile(values.out, component);
