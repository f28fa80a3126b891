// Lighthouse with its phone settings: prints each category's score for each address, and exits 1 where one is below 95.
// node run.mjs http://127.0.0.1:7878/ …

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import lighthouse from "lighthouse";

const LEAST = 95;
const CATEGORIES = ["performance", "accessibility", "best-practices"];
const FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"];

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function ready(port) {
  for (let attempt = 0; attempt < 200; attempt++) {
    const is = await fetch(`http://127.0.0.1:${port}/json/version`).then((answer) => answer.ok, () => false);
    if (is) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the browser does not start");
}

const port = await freePort();
const profile = await mkdtemp(join(tmpdir(), "vitrine-lighthouse-"));
const browser = spawn(process.env.CHROMIUM ?? "chromium", [...FLAGS, `--remote-debugging-port=${port}`, `--user-data-dir=${profile}`], { stdio: "ignore" });
let missed = false;
try {
  await ready(port);
  for (const address of process.argv.slice(2)) {
    const { lhr } = await lighthouse(address, { port, logLevel: "error", onlyCategories: CATEGORIES, formFactor: "mobile" });
    const scores = CATEGORIES.map((name) => `${name} ${Math.round(lhr.categories[name].score * 100)}`);
    console.log(`  ${new URL(address).pathname.padEnd(24)} ${scores.join(", ")}`);
    for (const name of CATEGORIES) {
      const category = lhr.categories[name];
      if (category.score * 100 >= LEAST) continue;
      missed = true;
      for (const { id, weight } of category.auditRefs) {
        const audit = lhr.audits[id];
        if (weight > 0 && audit.score !== null && audit.score < 0.9) console.log(`    ${name}: ${audit.title} ${audit.displayValue ?? ""}`);
      }
    }
  }
} finally {
  browser.kill();
  await new Promise((resolve) => browser.once("exit", resolve));
  await rm(profile, { recursive: true, force: true });
}
console.log(missed ? `missed: a score below ${LEAST}` : `all scores are ${LEAST} or more`);
process.exit(missed ? 1 : 0);
