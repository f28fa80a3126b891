// A plugin's folder → a component. `vitrine plugin build` calls it, beside the packages that package-lock.json pins:
//
//   node build.mjs --folder PLUGIN --main FILE --world data-source --sdk SDK/js --wit SDK/wit --out FILE
//
// esbuild makes one module of the plugin, the SDK and the npm packages; componentize-qjs puts it into QuickJS, runs its
// top level once, and keeps the memory as it is then: that is what an instance starts from.

import { createRequire } from "node:module";
import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";

const WORLDS = {
  "data-source": ["log", "clock", "http", "system", "sql", "files", "state", "metrics"],
  "alert-channel": ["log", "clock", "http", "mail", "state", "metrics"],
  panel: ["log"],
};
const EXPORTS = {
  "data-source": ["lifecycle", "collector", "queryable", "actions", "logs"],
  "alert-channel": ["lifecycle", "delivery"],
  panel: ["rendering"],
};

const names = ["folder", "main", "world", "sdk", "wit", "out"];
const { values: given } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: "string" }])) });
for (const name of names) if (given[name] === undefined) fail(`--${name} is missing`);

// From the folder that this file is in, wherever the SDK lies.
const require = createRequire(import.meta.url);
const { build } = require("esbuild");
const { componentize } = require("componentize-qjs");

/** The module whose exports the host calls. */
function entry(version) {
  const capability = (name) => `import * as ${name} from "vitrine:plugin/${name}@${version}";`;
  const own = WORLDS[given.world];
  return [
    ...own.map(capability),
    `import { serve } from "vitrine-sdk/guest";`,
    `import * as main from ${JSON.stringify(join(given.folder, given.main))};`,
    `const capabilities = Object.fromEntries(Object.entries({ ${own.join(", ")} }).map(([name, its]) => [name, its.default ?? its]));`,
    `export const { ${EXPORTS[given.world].join(", ")} } = serve(${JSON.stringify(given.world)}, capabilities, main.default);`,
  ].join("\n");
}

/** The SDK of the `vitrine` that builds, whichever one lies in node_modules for editors and tests. */
const sdk = {
  name: "vitrine-sdk",
  setup({ onResolve }) {
    const modules = { "vitrine-sdk": "index.js", "vitrine-sdk/guest": "guest.js" };
    onResolve({ filter: /^vitrine-sdk(\/|$)/ }, ({ path }) =>
      path in modules ? { path: join(given.sdk, "src", modules[path]) } : { errors: [{ text: `a plugin cannot import ${path}` }] },
    );
  },
};

async function bundle(version) {
  const outcome = await build({
    stdin: { contents: entry(version), resolveDir: given.folder, sourcefile: "vitrine-sdk/entry.js" },
    absWorkingDir: given.folder,
    plugins: [sdk],
    external: ["vitrine:*"],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2023",
    charset: "utf8",
    legalComments: "none",
    keepNames: true,
    sourcemap: "external",
    sourcesContent: false,
    outfile: join(given.folder, "bundle.js"),
    logLevel: "silent",
  }).catch((error) => fail(error.errors?.map(mistake).join("\n") || String(error)));
  const file = (ending) => outcome.outputFiles.find((one) => one.path.endsWith(ending)).text;
  const { sources, mappings } = JSON.parse(file(".map"));
  const map = { sources: sources.map(named), mappings };
  // At the end, so that no line moves.
  return `${file(".js")}\nglobalThis.__vitrineMap = ${JSON.stringify(map)};\n`;
}

/** The same names wherever the folders lie: the same sources give the same component. */
function named(source) {
  const place = join(given.folder, source);
  const inside = relative(given.sdk, place);
  return inside.startsWith("..") ? relative(given.folder, place) : `vitrine-sdk/${inside}`;
}

function mistake({ text, location }) {
  return location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`;
}

function fail(text) {
  console.error(text);
  process.exit(1);
}

const types = await readFile(join(given.wit, "types.wit"), "utf8");
const version = /^package vitrine:plugin@([^;]+);/m.exec(types)?.[1] ?? fail(`${given.wit} is not the plugin interface`);
const jsSource = await bundle(version);
const { component } = await componentize({
  witPath: given.wit,
  world: given.world,
  jsSource,
  sync: true,
  // A panel imports nothing but `log`; the others' engine asks WASI for the time.
  stubWasi: given.world === "panel",
}).catch((error) => fail(String(error.message ?? error)));
await writeFile(given.out, component);
