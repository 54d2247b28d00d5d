// Addresses that people paste: names with odd characters, names that do not exist.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { emptyDirectory, openPage, path, startBrowser, startServer } from "./headwater.mjs";

const namespace = "s3://bucket:9000/a b?c=d";
const odd = ["daily/año/día=1/part 50%.parquet", "shop.[orders]#2&3+4?", "../..//x", '表.订单 "q" <b>\''];

describe("deep links", () => {
  let server;
  let browser;
  let page;
  let directory;

  before(async () => {
    directory = await emptyDirectory();
    [server, browser] = await Promise.all([startServer("serve", "--data", directory.path), startBrowser()]);
    page = await openPage(browser, server.url);
    const facets = {
      schema: {
        _producer: "https://example.com/test",
        _schemaURL: "https://openlineage.io/spec/facets/1-1-1/SchemaDatasetFacet.json",
        fields: [{ name: "größe / %", type: "int" }],
      },
    };
    const event = {
      eventType: "COMPLETE",
      eventTime: "2026-01-02T03:04:05Z",
      producer: "https://example.com/test",
      schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
      run: { runId: "01890000-0000-7000-8000-000000000001" },
      job: { namespace: "jobs & more", name: "load/all? #1" },
      inputs: odd.slice(1).map((name) => ({ namespace, name })),
      outputs: [{ namespace, name: odd[0], facets }],
    };
    const answer = await fetch(`${server.url}/api/v1/lineage`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(event),
    });
    assert.ok(answer.ok, `${answer.status}`);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    await directory?.remove();
  });

  for (const name of odd) {
    it(`opens the dataset ${name}`, async () => {
      await page.goto(path("datasets", namespace, name));
      assert.equal(await page.getByTestId("dataset-title").textContent(), name);
      await page.reload();
      assert.equal(await page.getByTestId("dataset-title").textContent(), name);
      await page.goto(path("lineage", "dataset", namespace, name));
      const focus = page.getByTestId("lineage-card").filter({ has: page.getByText("in focus") });
      assert.equal(await focus.getAttribute("data-entity-name"), name);
    });
  }

  it("opens the job and the column, and links lead back", async () => {
    await page.goto(path("columns", namespace, odd[0], "größe / %"));
    assert.equal(await page.getByTestId("column-title").textContent(), "größe / %");
    await page.goto(path("jobs", "jobs & more", "load/all? #1"));
    assert.equal(await page.getByTestId("job-title").textContent(), "load/all? #1");
    await page.getByRole("link", { name: odd[1] }).click();
    assert.equal(await page.getByTestId("dataset-title").textContent(), odd[1]);
  });

  it("says so when there is no such thing", async () => {
    await page.goto(path("datasets", "nowhere", "nothing"));
    await page.getByRole("heading", { name: "No such dataset" }).waitFor();
    await page.goto(path("lineage", "dataset", "nowhere", "nothing"));
    await page
      .getByText(/nothing/)
      .first()
      .waitFor();
    await page.goto("/no/such/page");
    await page.getByRole("heading", { name: "No such page" }).waitFor();
  });

  it("had no error in the console and no failed request", () => {
    assert.deepEqual(page.faults, []);
  });
});
