// What the graph tells beyond its picture, on the demo's data: each question has an address and answers by keyboard.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openPage, path, settled, startBrowser, startDemo } from "./headwater.mjs";

const warehouse = "snowflake://meltwater-eu1";
const raw = path("datasets", warehouse, "raw.shop.orders");

/** The demo's company works by the clock: before the night's loads are through, something is overdue. */
async function countOfStale(url) {
  const query = "{ staleDatasets(states: [STALE, BEHIND], first: 1) { totalCount } }";
  const answer = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  return (await answer.json()).data.staleDatasets.totalCount;
}

describe("reading the graph", () => {
  let server;
  let browser;
  let page;

  before(async () => {
    [server, browser] = await Promise.all([startDemo(), startBrowser()]);
    page = await openPage(browser, server.url);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("says what breaks when a column is dropped, and proves it", async () => {
    await page.goto(raw);
    await page.getByTestId("tab-impact").click();
    await page.getByRole("heading", { name: "If raw.shop.orders is dropped" }).waitFor();
    await page.getByTestId("impact-change").selectOption({ label: "A column is dropped" });
    await page.getByText("Choose the column that changes.").waitFor();
    await page.getByTestId("impact-column").selectOption("customer_id");
    await page.getByRole("heading", { name: "If raw.shop.orders.customer_id is dropped" }).waitFor();
    assert.match(await page.getByTestId("impact-verdict").textContent(), /Breaks \d+ datasets, \d+ jobs/);
    const row = page.getByTestId("impact-row").filter({ hasText: "stg_shop__orders" }).first();
    assert.equal(await row.getAttribute("data-verdict"), "BREAKS");
    await row.locator("summary").focus();
    await page.keyboard.press("Enter");
    await row.getByText("columns prove it").waitFor();
    await page.getByTestId("impact-owners").getByRole("link", { name: "team:analytics" }).waitFor();
  });

  it("keeps the change, the kind and the verdicts in the address", async () => {
    await page.getByTestId("impact-show-jobs").click();
    await page.getByRole("checkbox", { name: /^Breaks/ }).check();
    await page.waitForURL(/show=jobs.*verdict=BREAKS/);
    await page.reload();
    await settled(page);
    const verdicts = await page
      .getByTestId("impact-row")
      .evaluateAll((rows) => rows.map((row) => row.dataset.verdict));
    assert.ok(verdicts.length > 0 && verdicts.every((verdict) => verdict === "BREAKS"));
    assert.equal(await page.getByTestId("impact-column").inputValue(), "customer_id");
  });

  it("pages through everything that is affected", async () => {
    await page.goto(`${raw}?tab=impact`);
    await settled(page);
    const row = page.getByTestId("impact-row");
    assert.equal(await row.count(), 20);
    while (await page.getByRole("button", { name: "Load more" }).count()) {
      const before = await row.count();
      await page.getByRole("button", { name: "Load more" }).click();
      await page.waitForFunction(
        (least) => document.querySelectorAll("[data-testid=impact-row]").length > least,
        before,
      );
    }
    const told = await page.getByText(/^\d+ datasets, the worst first/).textContent();
    assert.equal(await row.count(), Number.parseInt(told, 10));
  });

  it("asks for the new type of a column and says how it relates to the old one", async () => {
    await page.goto(`${path("columns", warehouse, "raw.shop.orders", "customer_id")}?tab=impact&change=retype`);
    await page.getByText("Say the new type of the column").waitFor();
    await page.getByLabel("New type").fill("bigint");
    await page.keyboard.press("Enter");
    await page.getByText(/^The new type is narrower/).waitFor();
    await page.waitForURL(/to=bigint/);
  });

  it("says so when nothing is downstream", async () => {
    await page.goto(`${path("datasets", "looker://meltwater.cloud.looker.com", "dashboards/orders_live")}?tab=impact`);
    await page.getByText("Nothing that is known here depends on it").waitFor();
  });

  it("names what nobody reads, with the window of the evidence", async () => {
    await page.goto("/");
    await page.getByRole("link", { name: "Health" }).click();
    const stale = await countOfStale(server.url);
    await page.getByText(stale === 0 ? "Nothing is stale" : new RegExp(`^${stale} datasets?, the longest overdue first`)).waitFor();
    await page.getByTestId("tab-datasets").click();
    await page.getByTestId("evidence").getByText(/nothing is called dead. Choose fewer days/).waitFor();
    await page.getByText("No dataset is like that.").waitFor();
    await page.getByTestId("estate-days").selectOption("14");
    await page.getByTestId("dead-row").first().waitFor();
    await page.getByTestId("estate-namespace").selectOption(warehouse);
    await page.waitForURL(/days=14.*within=snowflake/);
    await page.reload();
    await page.getByTestId("dead-row").filter({ hasText: "raw.lake.search_terms" }).waitFor();
    assert.equal(await page.getByTestId("dead-row").filter({ hasText: "kafka" }).count(), 0);
    await page.getByTestId("tab-columns").click();
    await page.getByTestId("evidence").getByText(/that is so of \d+ datasets/).waitFor();
  });

  it("names what everything hangs on, and leads to what breaks without it", async () => {
    await page.goto("/estate?tab=points&least=5");
    const point = page.getByTestId("single-point").first();
    await point.locator("summary").focus();
    await page.keyboard.press("Enter");
    await point.locator("details a").first().waitFor();
    await point.locator("td").last().getByRole("link").click();
    await page.getByTestId("impact-verdict").waitFor();
  });

  it("counts which namespaces feed which", async () => {
    await page.goto("/estate?tab=matrix");
    await page.getByTestId("matrix-summary").waitFor();
    const all = await page.getByTestId("matrix-row").count();
    await page.getByRole("checkbox", { name: "only across" }).check();
    await page.waitForURL(/across=1/);
    await page.waitForFunction(
      (before) => document.querySelectorAll("[data-testid=matrix-row]").length < before,
      all,
    );
    assert.equal(await page.getByTestId("matrix-row").filter({ hasText: "itself" }).count(), 0);
  });

  it("had no error in the console and no failed request", () => {
    assert.deepEqual(page.faults, []);
  });
});
