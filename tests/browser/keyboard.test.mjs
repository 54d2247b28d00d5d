// No mouse: search, palette, help and lineage by keys alone.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openPage, path, startBrowser, startDemo } from "./headwater.mjs";

const warehouse = "snowflake://meltwater-eu1";
const orders = "analytics.marts.fct_orders";

describe("keys alone", () => {
  let server;
  let browser;
  let page;
  const press = (key) => page.keyboard.press(key);
  const selected = () => new URL(page.url()).searchParams.get("sel");

  before(async () => {
    [server, browser] = await Promise.all([startDemo(), startBrowser()]);
    page = await openPage(browser, server.url);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("/ searches, j walks, Enter opens", async () => {
    await page.goto("/browse");
    await page.getByRole("heading", { name: "Namespaces", exact: true }).waitFor();
    await press("/");
    await page.keyboard.type("fct_orders");
    await press("Enter");
    await page.getByTestId("search-hit").first().waitFor();
    await page.getByTestId("search-input").blur();
    await press("j");
    const title = await page.evaluate(() => document.activeElement.textContent.trim());
    await press("Enter");
    await page.locator("main h1").filter({ hasText: title }).waitFor();
  });

  it("Ctrl K goes anywhere", async () => {
    await press("Control+k");
    await page.getByRole("combobox", { name: /Go to/ }).waitFor();
    await page.keyboard.type("daily_revenue");
    await page.locator("#choice-0").filter({ hasText: "marts.daily_revenue" }).waitFor();
    await press("Enter");
    await page.locator("main h1").filter({ hasText: "daily_revenue" }).waitFor();
    await press("Control+k");
    await page.getByRole("combobox", { name: /Go to/ }).waitFor();
    await press("Escape");
    await page.getByRole("combobox", { name: /Go to/ }).waitFor({ state: "detached" });
  });

  it("? lists the keys", async () => {
    await press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await press("Escape");
    await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "detached" });
  });

  it("? right behind Esc lists the keys too", async () => {
    await press("Control+k");
    await page.getByRole("combobox", { name: /Go to/ }).waitFor();
    // What happens when the key is faster than the news that the box has closed, in one go.
    await page.evaluate(() => {
      const box = document.querySelector("dialog[open]");
      box.close();
      document.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true }));
      box.dispatchEvent(new Event("close"));
    });
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await press("Escape");
    await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "detached" });
  });

  it("? right behind Esc is not typed into the box that closed", async () => {
    await press("Control+k");
    await page.getByRole("combobox", { name: /Go to/ }).waitFor();
    // The field has the focus until the next frame.
    await page.evaluate(() => {
      const box = document.querySelector("dialog[open]");
      const field = box.querySelector("input");
      box.close();
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true }));
    });
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await press("Escape");
    await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "detached" });
  });

  it("arrows walk the lineage, keys open it, Enter focuses", async () => {
    await page.goto(path("lineage", "dataset", warehouse, orders));
    await page.getByTestId("lineage-card").first().waitFor();
    await press("ArrowLeft");
    await page.waitForURL(/sel=/);
    const job = selected();
    await press("ArrowLeft");
    await page.waitForFunction((old) => new URL(location).searchParams.get("sel") !== old, job);
    const before = await page.getByTestId("lineage-card").count();
    await press("E");
    await page.waitForFunction(
      (least) => document.querySelectorAll("[data-testid=lineage-card]").length > least,
      before,
    );
    await press("c");
    await page.getByTestId("lineage-column").first().waitFor();
    await press("v");
    await page.getByTestId("lineage-list").waitFor();
    await press("v");
    await page.getByTestId("lineage-canvas").waitFor();
    await press("Enter");
    await page.waitForFunction((old) => !decodeURIComponent(location.pathname).endsWith(old), orders);
    await page.goBack();
    await page.waitForFunction((old) => decodeURIComponent(location.pathname).endsWith(old), orders);
  });

  it("had no error in the console and no failed request", () => {
    assert.deepEqual(page.faults, []);
  });
});
