// Fails when what a browser loads first, or the lineage view, has grown over its budget (gzip).
// Run after `npm run build`.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const budgets = { "first load": 200_000, lineage: 90_000 };

const size = (path) => gzipSync(readFileSync(`dist/${path}`), { level: 9 }).length;
const sum = (paths) => paths.map(size).reduce((a, b) => a + b, 0);

const page = readFileSync("dist/index.html", "utf8");
const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+|theme\.js)"/g)].map((match) => match[1]);
const lineage = readdirSync("dist/assets")
  .filter((name) => /^Lineage(View|Page)-/.test(name))
  .map((name) => `assets/${name}`);

const measured = { "first load": sum(first), lineage: sum(lineage) };
for (const [part, limit] of Object.entries(budgets)) {
  const over = measured[part] > limit;
  console.log(`${part}: ${(measured[part] / 1000).toFixed(1)} kB of ${limit / 1000} kB${over ? ": too much" : ""}`);
  if (over || measured[part] === 0) process.exitCode = 1;
}
