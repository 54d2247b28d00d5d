// A small estate with a history: a mart that is stale because its last build failed, and changed its mind before.
import assert from "node:assert/strict";
import { emptyDirectory, startServer } from "./headwater.mjs";

const facet = (fields) => ({
  _producer: "https://example.org/tests/v1",
  _schemaURL: "https://openlineage.io/spec/facets/1-0-0/Facet.json",
  ...fields,
});

const schema = (columns) =>
  facet({ fields: Object.entries(columns).map(([name, type]) => ({ name, type })) });

const lineage = (columns) =>
  facet({
    fields: Object.fromEntries(
      Object.entries(columns).map(([name, [table, field]]) => [
        name,
        {
          inputFields: [
            { namespace: "db", name: table, field, transformations: [{ type: "DIRECT", subtype: "IDENTITY" }] },
          ],
        },
      ]),
    ),
  });

export const runId = (number) => `0190f3a8-0000-7000-8000-${String(number).padStart(12, "0")}`;

function run(number, type, at, job, inputs, outputs) {
  return {
    eventType: type,
    eventTime: at,
    producer: "https://example.org/tests/v1",
    schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    run: { runId: runId(number) },
    job: { namespace: "etl", name: job },
    inputs: inputs.map((name) => ({ namespace: "db", name })),
    outputs: outputs.map((one) => ({ namespace: "db", ...one })),
  };
}

const mart = (columns, from) => ({
  name: "mart",
  facets: { schema: schema(columns), columnLineage: lineage(from) },
});

const events = [
  run(1, "COMPLETE", "2026-11-01T00:00:00Z", "load", [], [{ name: "raw" }]),
  run(2, "START", "2026-11-01T01:00:00Z", "build", ["raw", "old"], []),
  run(2, "COMPLETE", "2026-11-01T01:10:00Z", "build", ["raw", "old"], [
    mart({ id: "INT", name: "TEXT" }, { id: ["raw", "id"], name: ["old", "name"] }),
  ]),
  run(3, "COMPLETE", "2026-11-05T00:00:00Z", "load", [], [{ name: "raw" }]),
  run(4, "START", "2026-11-05T01:00:00Z", "build", ["raw", "new"], []),
  run(4, "COMPLETE", "2026-11-05T01:10:00Z", "build", ["raw", "new"], [
    mart({ id: "BIGINT", mail: "TEXT" }, { id: ["raw", "id"], mail: ["new", "mail"] }),
  ]),
  run(5, "COMPLETE", "2026-11-05T02:00:00Z", "report", ["mart"], [{ name: "board" }]),
  run(6, "COMPLETE", "2026-11-06T00:00:00Z", "load", [], [{ name: "raw" }]),
  run(7, "START", "2026-11-06T01:00:00Z", "build", ["raw", "new"], []),
  run(7, "FAIL", "2026-11-06T01:10:00Z", "build", ["raw", "new"], []),
];

/** A server with this estate, and how to be rid of it. */
export async function startEstate() {
  const directory = await emptyDirectory();
  const server = await startServer("serve", "--data", directory.path);
  for (const body of events) {
    const answer = await fetch(`${server.url}/api/v1/lineage`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 201);
  }
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await directory.remove();
    },
  };
}
