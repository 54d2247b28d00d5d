// The journey of somebody who asks where a table comes from, by mouse, on the demo's data.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openPage, path, startBrowser, startDemo } from "./headwater.mjs";

const warehouse = "snowflake://meltwater-eu1";
const orders = "analytics.marts.fct_orders";

describe("the journey on demo data", () => {
  let server;
  let browser;
  let page;
  const cards = () => page.getByTestId("lineage-card");
  const names = async () =>
    (await cards().evaluateAll((all) => all.map((card) => card.dataset.entityName))).sort();

  before(async () => {
    [server, browser] = await Promise.all([startDemo(), startBrowser()]);
    page = await openPage(browser, server.url);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("searches from the home page", async () => {
    await page.goto("/");
    await page.getByRole("heading", { name: "Recently failed runs" }).waitFor();
    await page.getByTestId("search-input").fill("fct_orders");
    await page.keyboard.press("Enter");
    const hit = page
      .locator("[data-testid=search-hit][data-kind=Dataset]")
      .filter({ hasText: orders })
      .first();
    await hit.locator("a.hit-title").click();
    assert.equal(await page.getByTestId("dataset-title").textContent(), orders);
  });

  it("filters search results by kind", async () => {
    await page.goBack();
    await page.getByRole("checkbox", { name: "jobs" }).check();
    await page.waitForURL(/kind=JOB/);
    await page.waitForFunction(() => {
      const kinds = [...document.querySelectorAll("[data-testid=search-hit]")].map((hit) => hit.dataset.kind);
      return kinds.length > 0 && kinds.every((kind) => kind === "Job");
    });
    await page.goBack();
    await page.goForward();
    assert.ok(await page.getByRole("checkbox", { name: "jobs" }).isChecked());
    await page.goto(path("datasets", warehouse, orders));
  });

  it("shows the lineage, first on the page, then full screen", async () => {
    await page.getByRole("link", { name: "Lineage" }).click();
    await cards().first().waitFor();
    await page.getByTestId("open-full-lineage").click();
    await page.waitForURL(/\/lineage\/dataset\//);
    await cards().first().waitFor();
    assert.ok((await names()).includes(orders));
  });

  it("expands a card: more cards, the same after a reload, fewer after Back", async () => {
    const few = await names();
    await page.getByTestId("expand-upstream").first().click();
    await page.waitForURL(/expand=/);
    await page.waitForFunction(
      (least) => document.querySelectorAll("[data-testid=lineage-card]").length > least,
      few.length,
    );
    const many = await names();
    await page.reload();
    await cards().first().waitFor();
    assert.deepEqual(await names(), many);
    await page.goBack();
    await page.waitForFunction(
      (exactly) => document.querySelectorAll("[data-testid=lineage-card]").length === exactly,
      few.length,
    );
    assert.deepEqual(await names(), few);
  });

  it("opens columns and traces one", async () => {
    await cards()
      .filter({ has: page.getByText("in focus") })
      .getByTestId("card-columns")
      .click();
    await page.getByTestId("lineage-column").filter({ hasText: "net_amount" }).first().click();
    await page.getByText(/^Tracing net_amount/).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText(/^Tracing net_amount/).waitFor({ state: "detached" });
  });

  it("goes from a job's card to its page and on to a failed run", async () => {
    await page.goto(path("lineage", "dataset", warehouse, "raw.psp.settlements"));
    await page.locator("[data-entity-kind=job]").filter({ hasText: "load_settlements" }).first().click();
    await page.getByTestId("open-focus").click();
    assert.match(await page.getByTestId("job-title").textContent(), /load_settlements/);
    await page.getByRole("link", { name: /^Runs/ }).click();
    await page.getByTestId("run-row").filter({ hasText: "Failed" }).first().getByRole("link").first().click();
    await page.getByTestId("run-title").waitFor();
    await page.getByRole("heading", { name: "Error" }).waitFor();
    assert.match(await page.locator(".error-message").textContent(), /settlement_currency/);
    await page.getByRole("heading", { name: "Read 1 dataset" }).waitFor();
    assert.match(await page.locator(".head-facts").textContent(), /Failed/);
    await page.goBack();
    await page.getByTestId("job-title").waitFor();
  });

  it("has GraphiQL at hand", async () => {
    await page.goto("/");
    await page.getByRole("link", { name: "GraphiQL" }).click();
    await page.locator(".graphiql-container").waitFor();
  });

  it("had no error in the console and no failed request", () => {
    assert.deepEqual(page.faults, []);
  });
});
