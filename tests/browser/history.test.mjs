// Time in the web app: what is stale and why, what to rerun, what changed, where a run's data came from.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { runId, startEstate } from "./estate.mjs";
import { openPage, path, settled, startBrowser } from "./headwater.mjs";
import { check } from "./pages.mjs";

const mart = path("datasets", "db", "mart");

describe("an estate with a history", () => {
  let server;
  let browser;
  let page;

  before(async () => {
    [server, browser] = await Promise.all([startEstate(), startBrowser()]);
    page = await openPage(browser, server.url);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("explains why a dataset is stale, what may be the cause and what to rerun", async () => {
    await page.goto(mart);
    await page.getByTestId("tab-freshness").click();
    const verdict = page.getByTestId("freshness-verdict");
    await verdict.waitFor();
    assert.equal(await verdict.getAttribute("data-state"), "STALE");
    const chain = page.getByTestId("freshness-chain").locator("> li");
    assert.deepEqual(await chain.locator(".row-head .entity:has(.icon)").allTextContents(), ["raw", "mart"]);
    const cause = page.getByTestId("cause").first();
    assert.equal(await cause.getAttribute("data-kind"), "FAILED_RUN");
    await cause.getByRole("link", { name: "event 10" }).waitFor();
    await page.getByText("2 jobs in 2 layers make 2 datasets anew.").waitFor();
    assert.equal(await page.getByTestId("plan-layer").count(), 2);
  });

  it("plans for a repair of the dataset itself, and keeps that in the address", async () => {
    await page.getByRole("link", { name: "after a repair of this dataset" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/plan=this/);
    await page.getByText("1 job in 1 layer makes 1 dataset anew.").waitFor();
    await page.reload();
    await page.getByText("1 job in 1 layer makes 1 dataset anew.").waitFor();
  });

  it("tells the same of the failed job and run", async () => {
    await page.goto(`${path("jobs", "etl", "build")}?tab=repair`);
    await page.getByText("2 jobs in 2 layers make 2 datasets anew.").waitFor();
    await page.getByRole("link", { name: "Runs" }).click();
    await page.getByTestId("run-row").filter({ hasText: "Failed" }).getByRole("link").first().click();
    await page.getByRole("heading", { name: "What may be the cause" }).waitFor();
  });

  it("tells what changed between two moments", async () => {
    await page.goto(`${mart}?tab=changes&since=2026-11-02T00:00:00Z&until=2026-11-05T12:00:00Z&way=up`);
    await page.getByTestId("changes-total").waitFor();
    const told = await page
      .getByTestId("lineage-change")
      .evaluateAll((rows) => rows.map((row) => `${row.dataset.difference} ${row.dataset.kind}`));
    assert.deepEqual(told, [
      "ADDED DATASET",
      "ADDED EDGE",
      "CHANGED COLUMN",
      "ADDED COLUMN",
      "REMOVED COLUMN",
      "ADDED COLUMN_EDGE",
    ]);
    await page.getByText("from INT to BIGINT").waitFor();
    await page.getByRole("checkbox", { name: "what was not seen again counts as removed" }).check();
    await page.waitForURL(/again=1/);
    await page.locator("[data-kind=EDGE][data-difference=REMOVED]").filter({ hasText: "old" }).waitFor();
    await page.getByLabel("To (now when empty)").fill("2026-11-01T00:00");
    await page.getByText("The second moment must be after the first.").waitFor();
  });

  it("follows a run's data to the runs that wrote it", async () => {
    await page.goto(`/runs/${runId(5)}`);
    await page.getByTestId("tab-provenance").click();
    await page.getByText("2 runs upstream fed it. Of 1 dataset that they read no writer is known.").waitFor();
    const steps = page.getByTestId("provenance-step");
    assert.equal(await steps.count(), 3);
    const build = steps.nth(1).getByTestId("provenance-run");
    await build.getByRole("row").filter({ hasText: "raw" }).getByText("newest by then").waitFor();
    assert.match(await build.getByRole("row").filter({ hasText: "raw" }).textContent(), /0190f3a8/);
    await build.getByRole("row").filter({ hasText: "new" }).getByText("no known run: a source").waitFor();
    await page.getByTestId("provenance-steps").selectOption("1");
    await page.waitForURL(/steps=1/);
    await page.waitForFunction(() => document.querySelectorAll("[data-testid=provenance-step]").length === 2);
    await page.goto(`/runs/${runId(1)}?tab=provenance`);
    await page.getByText("It has read nothing that is known").waitFor();
  });

  it("lists it among the stale, with the plan that makes all good", async () => {
    await page.goto("/estate");
    const rows = page.getByTestId("stale-row");
    await rows.first().waitFor();
    assert.match(await rows.filter({ hasText: "mart" }).first().textContent(), /Stale.*mart.*22 h 50 min.*raw/);
    await page.getByRole("button", { name: "Show the plan" }).click();
    await page.getByText("2 jobs in 2 layers make 2 datasets anew.").waitFor();
    await page.waitForURL(/plan=1/);
  });

  it("has pages that axe finds nothing on, none wider than a phone", async () => {
    const found = [];
    const addresses = [
      `${mart}?tab=freshness`,
      `${mart}?tab=changes&since=2026-11-02T00:00:00Z`,
      `${path("jobs", "etl", "build")}?tab=repair`,
      "/estate?plan=1",
      `/runs/${runId(5)}?tab=provenance`,
    ];
    for (const address of addresses) {
      await page.goto(address);
      await settled(page);
      found.push(...(await check(page, address)));
      await page.setViewportSize({ width: 390, height: 844 });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) found.push(`${address}: ${over} px too wide`);
      await page.setViewportSize({ width: 1440, height: 900 });
    }
    assert.deepEqual(found, []);
  });

  it("had no error in the console and no failed request", () => {
    assert.deepEqual(page.faults, []);
  });
});
