// Every page of the app on the demo's data, and how axe looks at one.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { path } from "./headwater.mjs";

const warehouse = "snowflake://meltwater-eu1";
const orders = [warehouse, "analytics.marts.fct_orders"];
const job = ["airflow-prod", "payments_hourly.load_settlements"];

const known = {
  home: "/",
  search: "/search?q=orders",
  "search without hits": "/search?q=zzzzzz&kind=JOB",
  namespaces: "/browse",
  namespace: path("browse", warehouse),
  dataset: path("datasets", ...orders),
  schema: `${path("datasets", ...orders)}?tab=schema`,
  "dataset's lineage": `${path("datasets", ...orders)}?tab=lineage`,
  "dataset's runs": `${path("datasets", ...orders)}?tab=runs`,
  "dataset's facets": `${path("datasets", ...orders)}?tab=facets`,
  "dataset's impact": `${path("datasets", ...orders)}?tab=impact`,
  "a change that is not said yet": `${path("datasets", ...orders)}?tab=impact&change=retype`,
  "dataset's freshness": `${path("datasets", ...orders)}?tab=freshness`,
  "dataset's changes": `${path("datasets", ...orders)}?tab=changes&since=2026-01-01T00:00:00Z`,
  column: path("columns", ...orders, "order_id"),
  "column's impact": `${path("columns", ...orders, "order_id")}?tab=impact&change=retype&to=text&show=columns`,
  job: path("jobs", ...job),
  "job's runs": `${path("jobs", ...job)}?tab=runs`,
  "job's impact": `${path("jobs", ...job)}?tab=impact&show=jobs`,
  "job's repair": `${path("jobs", ...job)}?tab=repair`,
  "job's changes": `${path("jobs", ...job)}?tab=changes`,
  "job's facets": `${path("jobs", ...job)}?tab=facets`,
  lineage: path("lineage", "dataset", ...orders),
  "lineage as a list": `${path("lineage", "dataset", ...orders)}?list=true`,
  "stale datasets": "/estate?state=STALE&state=UNKNOWN&plan=1",
  "unread datasets": "/estate?tab=datasets&days=14",
  "too young to call unread": "/estate?tab=datasets&days=365",
  "unused columns": "/estate?tab=columns&days=14",
  "single points of failure": "/estate?tab=points",
  "namespaces that feed each other": "/estate?tab=matrix",
  connect: "/connect",
  events: "/events",
  "one event": "/events?seq=1",
  "no event that fits": "/events?q=zzzzzz&type=FAIL",
  "events not understood": "/events?tab=quarantine",
  producers: "/events?tab=producers",
  "names that look alike": "/stitching?joined=1",
  "no names that look alike": "/stitching?by=BROKERS",
  "missing dataset": path("datasets", "nowhere", "nothing"),
  "missing page": "/no/such/page",
};

/** Names and addresses; some hold ids that only the server knows. */
export async function everyPage(url) {
  const newest = await ask(url, "{ runs(states: [FAIL], first: 1) { edges { node { id } } } }");
  const run = `/runs/${newest.runs.edges[0].node.id}`;
  const fed = await ask(url, "{ runs(states: [COMPLETE], first: 1) { edges { node { id } } } }");
  const pages = {
    ...known,
    run,
    "run's provenance": `/runs/${fed.runs.edges[0].node.id}?tab=provenance`,
    "run's events": `${run}?tab=events`,
    "run's facets": `${run}?tab=facets`,
  };
  const scene = await ask(
    url,
    `{ dataset(namespace: "${orders[0]}", name: "${orders[1]}") { id columns { id } } }`,
  );
  const { id, columns } = scene.dataset;
  pages["lineage with a trace"] =
    `${path("lineage", "dataset", ...orders)}?cols=${encodeURIComponent(id)}&sel=${encodeURIComponent(id)}&trace=${encodeURIComponent(columns[0].id)}`;
  return Object.entries(pages);
}

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds on a page, a line each. Only colours differ between the themes. */
export async function check(page, name, rules) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    (only) => axe.run(document, { resultTypes: ["violations"], ...(only ? { runOnly: only } : {}) }),
    rules,
  );
  return violations.flatMap((rule) =>
    rule.nodes.map((node) => `${name}: ${rule.id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`),
  );
}

export async function ask(url, query) {
  const answer = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  return (await answer.json()).data;
}
