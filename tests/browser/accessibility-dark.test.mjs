// Every page in the dark theme, where only colours differ, and on a phone.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openPage, settled, startBrowser, startDemo } from "./headwater.mjs";
import { check, everyPage } from "./pages.mjs";

describe("the dark theme", () => {
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

  it("every colour is readable in the dark, and no page is wider than a phone", async () => {
    const page = await openPage(browser, server.url, { theme: "dark" });
    const found = [];
    for (const [name, address] of pages) {
      await page.goto(address);
      await settled(page);
      found.push(...(await check(page, name, ["color-contrast"])));
      await page.setViewportSize({ width: 390, height: 844 });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) found.push(`${name}: ${over} px too wide`);
      await page.setViewportSize({ width: 1440, height: 900 });
    }
    assert.deepEqual(found, []);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
});
