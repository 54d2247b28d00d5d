// Every page held against axe's rules.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openPage, settled, startBrowser, startDemo } from "./headwater.mjs";
import { check, everyPage } from "./pages.mjs";

describe("accessibility", () => {
  let server;
  let browser;
  let pages;

  before(async () => {
    [server, browser] = await Promise.all([startDemo(), startBrowser()]);
    pages = await everyPage(server.url);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("axe finds nothing on any page", async () => {
    const page = await openPage(browser, server.url);
    const found = [];
    for (const [name, address] of pages) {
      await page.goto(address);
      await settled(page);
      found.push(...(await check(page, name)));
    }
    assert.deepEqual(found, []);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  it("axe finds nothing on the open palette and the list of keys", async () => {
    const page = await openPage(browser, server.url);
    await page.goto("/browse");
    await settled(page);
    const found = [];
    for (const key of ["Control+k", "?"]) {
      await page.keyboard.press(key);
      await page.getByRole("dialog").waitFor();
      found.push(...(await check(page, key)));
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    assert.deepEqual(found, []);
    await page.context().close();
  });
});
