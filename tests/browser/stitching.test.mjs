// Names that look alike: the report, its filters in the address, and a rule that can be copied.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { emptyDirectory, openPage, settled, startBrowser, startServer } from "./headwater.mjs";

const event = (number, namespace, output) => ({
  eventType: "COMPLETE",
  eventTime: "2026-11-01T00:00:00Z",
  producer: "https://example.org/tests/v1",
  schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
  run: { runId: `0190f3a8-0000-7000-8000-${String(number).padStart(12, "0")}` },
  job: { namespace: "etl", name: `job ${number}` },
  inputs: output ? [] : [{ namespace, name: "shop.orders" }],
  outputs: output ? [{ namespace, name: "shop.orders" }] : [],
});

describe("names that look alike", () => {
  let directory;
  let server;
  let browser;
  let page;

  before(async () => {
    directory = await emptyDirectory();
    [server, browser] = await Promise.all([startServer("serve", "--data", directory.path), startBrowser()]);
    page = await openPage(browser, server.url);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    await directory?.remove();
  });

  it("teaches while there are none", async () => {
    await page.goto("/stitching");
    await settled(page);
    await page.getByText("No two datasets look like one and are apart.").waitFor();
  });

  it("lists a group with its members and a rule, reached from the namespaces by keyboard", async () => {
    const events = [event(1, "postgres://db", true), event(2, "postgres://db.example.org:5432", false)];
    events.push(event(3, "postgresql://db:5432", false));
    for (const body of events) {
      const answer = await fetch(`${server.url}/api/v1/lineage`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      assert.equal(answer.status, 201);
    }
    await page.goto("/browse");
    await page.getByRole("link", { name: "Names that look alike" }).focus();
    await page.keyboard.press("Enter");
    const group = page.getByTestId("stitching-group");
    await group.first().waitFor();
    assert.equal(await group.count(), 1);
    await page.getByRole("heading", { name: "3 datasets that differ in host" }).waitFor();
    assert.equal(await group.locator("a.entity").count(), 3);
    await group.locator("summary").focus();
    await page.keyboard.press("Enter");
    assert.match(await group.locator("pre").textContent(), /^# For every dataset.*\n\[\[rule\]\]/);
    await group.getByRole("button", { name: "Copy rule" }).waitFor();
  });

  it("keeps its filters in the address", async () => {
    await page.getByRole("checkbox", { name: "joined already too" }).check();
    await page.getByText("2 groups, the surest kinds first").waitFor();
    await page.getByText("joined by preset:default_ports").waitFor();
    await page.getByRole("checkbox", { name: "port" }).check();
    await page.waitForURL(/by=PORT/);
    await page.reload();
    await page.getByText("1 group, the surest kinds first").waitFor();
    assert.ok(await page.getByRole("checkbox", { name: "port" }).isChecked());
  });

  it("had no error in the console and no failed request", () => {
    assert.deepEqual(page.faults, []);
  });
});
