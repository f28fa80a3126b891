// Bundles the browser code into dist/, which the host embeds. Nothing here runs at the viewer's.

import { access, copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { Resvg } from "@resvg/resvg-js";
import { build, transform } from "esbuild";
import { unpackFonts } from "./fonts.mjs";

const GZIP_BUDGET_BYTES = 90_000;
const STYLES = ["node_modules/uplot/dist/uPlot.min.css", "src/live.css", "src/style.css", "src/plugins.css", "src/panels.css", "src/page.css", "src/alerts.css"];

const here = (path) => new URL(path, import.meta.url);

async function readStyles() {
  const texts = [];
  for (const path of STYLES) {
    const present = await access(here(path)).then(() => true, () => false);
    if (present) texts.push(await readFile(here(path), "utf8"));
    else if (path.startsWith("src/")) console.warn(`${path} is missing: the page will be plain`);
    else throw new Error(`${path} is missing: run npm ci --ignore-scripts`);
  }
  return texts.join("\n");
}

async function size(name) {
  const bytes = await readFile(here(`dist/${name}`));
  const gzipped = gzipSync(bytes, { level: 9 }).length;
  console.log(`${name.padEnd(10)} ${String(bytes.length).padStart(7)} B  ${String(gzipped).padStart(6)} B gzip`);
  return gzipped;
}

/** The icon as a picture: in its light colours, on the page's light ground where it must have one. */
async function picture({ side, room }) {
  const text = await readFile(here("src/icon.svg"), "utf8");
  const margin = 32 * room;
  const box = `${-margin} ${-margin} ${32 + 2 * margin} ${32 + 2 * margin}`;
  const plain = text.replace(/@media[^}]*\}[^}]*\}[^}]*\}\s*\}/, "").replace('viewBox="0 0 32 32"', `viewBox="${box}"`);
  const options = { fitTo: { mode: "width", value: side }, ...(room > 0 ? { background: "#f4f5f6" } : {}) };
  return new Resvg(plain, options).render().asPng();
}

await rm(here("dist"), { recursive: true, force: true });
await mkdir(here("dist"), { recursive: true });

await build({
  absWorkingDir: here(".").pathname,
  entryPoints: { app: "src/app.ts", early: "src/early.ts", worker: "src/worker.ts" },
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  banner: { js: "/*! Vitrine; includes uPlot, whose licence is in uplot-license.txt beside this file */" },
});

const style = await transform(await readStyles(), { loader: "css", minify: true, target: "es2022", charset: "utf8" });
await writeFile(here("dist/style.css"), style.code);
await copyFile(here("src/icon.svg"), here("dist/icon.svg"));
for (const icon of [
  { name: "icon-192.png", side: 192, room: 0 },
  { name: "icon-512.png", side: 512, room: 0 },
  // Launchers cut maskable icons to their own shape: what matters stays within the middle.
  { name: "icon-maskable-512.png", side: 512, room: 0.2 },
]) await writeFile(here(`dist/${icon.name}`), await picture(icon));
await copyFile(here("node_modules/uplot/LICENSE"), here("dist/uplot-license.txt"));
await unpackFonts();

let total = 0;
for (const name of ["app.js", "early.js", "worker.js", "style.css", "icon.svg"]) total += await size(name);
if (total > GZIP_BUDGET_BYTES) throw new Error(`the bundle is ${total} B gzipped, over its budget of ${GZIP_BUDGET_BYTES} B`);
