// An empty server teaches: every snippet names this server, and the curl snippet's event shows up.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { emptyDirectory, openPage, startBrowser, startServer } from "./headwater.mjs";

describe("an empty server", () => {
  let server;
  let browser;
  let page;
  let directory;

  before(async () => {
    directory = await emptyDirectory();
    [server, browser] = await Promise.all([startServer("serve", "--data", directory.path), startBrowser()]);
    page = await openPage(browser, server.url);
    await page.goto("/");
    await page.getByRole("heading", { name: "Send a first event" }).waitFor();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    await directory?.remove();
  });

  it("names itself in every snippet", async () => {
    const producers = page.getByRole("group", { name: "Producer" }).getByRole("button");
    const labels = await producers.allTextContents();
    assert.ok(labels.length >= 5);
    for (const label of labels) {
      await producers.filter({ hasText: label }).click();
      assert.ok((await page.locator(".snippet pre").textContent()).includes(server.url), label);
    }
  });

  it("shows the event of the curl snippet", async () => {
    await page.getByRole("button", { name: "curl" }).click();
    await page.getByText("Waiting for events…").waitFor();
    const snippet = await page.locator(".snippet pre").textContent();
    const body = snippet.slice(snippet.indexOf("{"), snippet.lastIndexOf("}") + 1);
    const answer = await fetch(`${server.url}/api/v1/lineage`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    assert.ok(answer.ok, `${answer.status} ${await answer.text()}`);
    await page.getByText("1 event received").waitFor();
    await page.locator(".waiting").getByRole("link", { name: "daily_orders" }).click();
    assert.equal(await page.getByTestId("job-title").textContent(), "daily_orders");
    await page.getByRole("link", { name: "dwh.public.daily_orders" }).click();
    await page.getByRole("link", { name: /^Schema/ }).click();
    await page.getByRole("link", { name: "revenue" }).click();
    await page.getByRole("link", { name: "amount" }).waitFor();
  });

  it("had no error in the console and no failed request", () => {
    assert.deepEqual(page.faults, []);
  });
});
