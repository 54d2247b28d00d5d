// Events as somebody who runs pipelines looks at them: what came, what is odd, what was refused, who sent it.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { emptyDirectory, openPage, settled, startBrowser, startServer } from "./headwater.mjs";
import { check } from "./pages.mjs";

const run = (number, job, more = {}) => ({
  eventType: "COMPLETE",
  eventTime: "2020-01-01T00:00:00Z",
  producer: "https://example.org/tests",
  schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
  run: { runId: `0190f3a8-0000-7000-8000-00000000000${number}` },
  job: { namespace: "etl", name: job },
  inputs: [{ namespace: "db", name: "orders" }],
  outputs: [{ namespace: "db", name: "totals" }],
  ...more,
});

describe("events", () => {
  let data;
  let server;
  let browser;
  let page;
  const rows = () => page.getByTestId("event-row");
  const post = async (event, status = 201) => {
    const body = typeof event === "string" ? event : JSON.stringify(event);
    const answer = await fetch(`${server.url}/api/v1/lineage`, { method: "POST", body });
    assert.equal(answer.status, status, await answer.text());
  };

  before(async () => {
    data = await emptyDirectory();
    [server, browser] = await Promise.all([startServer("serve", "--data", data.path), startBrowser()]);
    page = await openPage(browser, server.url);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    await data?.remove();
  });

  it("teach while there are none", async () => {
    await page.goto("/events");
    await page.getByText("No event has arrived yet").waitFor();
    await page.goto("/quarantine");
    await page.waitForURL(/\/events\?tab=quarantine/);
    await page.getByText("Every event was understood.").waitFor();
    await page.goto("/events?tab=producers");
    await page.getByText("No producer has sent an event yet").waitFor();
  });

  it("appear as they come, newest first", async () => {
    await page.goto("/events");
    await page.getByText("No event has arrived yet").waitFor();
    await post(run(1, "load"));
    await rows().filter({ hasText: "load" }).waitFor();
    await post(run(2, "copy", { producer: undefined, eventTime: "2020-01-01T00:00:00" }));
    await page.waitForFunction(() => document.querySelectorAll("[data-testid=event-row]").length === 2);
    assert.match(await rows().first().textContent(), /copy/);
    await page.getByText("2 events, 2 since the page was opened").waitFor();
  });

  it("do not appear while the feed is paused", async () => {
    await page.getByRole("button", { name: "Live" }).click();
    await page.waitForURL(/paused=1/);
    await page.reload();
    await rows().first().waitFor();
    assert.equal(await page.getByRole("button", { name: "Live" }).getAttribute("aria-pressed"), "false");
    await page.getByRole("button", { name: "Live" }).click();
  });

  it("are filtered, with the filter in the address", async () => {
    await page.getByRole("searchbox", { name: /Job, namespace/ }).fill("cop");
    await page.waitForURL(/q=cop/);
    await page.waitForFunction(() => document.querySelectorAll("[data-testid=event-row]").length === 1);
    await page.getByRole("combobox", { name: "Type" }).selectOption("FAIL");
    await page.getByText("No event fits. Leave out:").waitFor();
    await page.reload();
    await page.getByRole("button", { name: "type FAIL" }).click();
    await rows().filter({ hasText: "copy" }).waitFor();
  });

  it("say what became of them, what is odd, and what each facet is good for; by keys alone", async () => {
    const facets = {
      schema: { _producer: "p", _schemaURL: "s", fields: [{ name: "x" }] },
      mine: { n: 12345678901234567890n },
    };
    const text = JSON.stringify(
      run(3, "facets", { outputs: [{ namespace: "db", name: "t", facets }] }),
      (_, value) => (typeof value === "bigint" ? "BIG" : value),
    ).replace('"BIG"', "12345678901234567890");
    await post(text);
    await post(text);
    await page.goto("/events");
    await rows().filter({ hasText: "facets" }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/seq=3/);
    const detail = page.getByTestId("event-detail");
    await detail.getByText("repeated 1×").waitFor();
    const uses = await detail.getByTestId("event-facet").allTextContents();
    assert.equal(uses.length, 2);
    assert.match(uses.join("\n"), /stored\/outputs\/0\/facets\/mine/);
    assert.match(uses.join("\n"), /used\/outputs\/0\/facets\/schema/);
    assert.match(await detail.locator("pre").textContent(), /12345678901234567890/);
    const finding = detail.getByTestId("event-finding").filter({ hasText: "FACET_WITHOUT_PRODUCER" });
    await finding.getByRole("button").click();
    assert.match(await detail.locator("mark").textContent(), /"mine": \{/);
    await detail.getByRole("link", { name: "facets" }).waitFor();
    await page.keyboard.press("Escape");
    await detail.waitFor({ state: "detached" });
  });

  it("that were refused are corrected and sent again", async () => {
    await post(run(4, "late", { eventTime: "soon" }), 400);
    await page.goto("/events?tab=quarantine");
    const refused = page.getByTestId("refused");
    await refused.locator("summary").click();
    assert.match(await refused.locator("mark").textContent(), /"eventTime": "soon"/);
    await refused.getByRole("button", { name: "Send it again as it was" }).click();
    await refused.getByText(/Still not understood: eventTime is not a date/).waitFor();
    await refused.getByRole("button", { name: "Correct it" }).click();
    const box = refused.getByRole("textbox", { name: "Corrected body" });
    await box.fill((await box.inputValue()).replace("soon", "2020-01-02T00:00:00Z"));
    await refused.getByRole("button", { name: "Send the corrected body" }).click();
    await refused.getByText("replayed", { exact: true }).waitFor();
    await refused.getByRole("status").getByRole("link", { name: "event 4" }).click();
    await page.getByTestId("event-detail").getByRole("link", { name: "late" }).waitFor();
  });

  it("are compared with the specification, producer by producer", async () => {
    await page.getByTestId("tab-producers").click();
    await page.getByTestId("producer").first().waitFor();
    assert.deepEqual(await page.getByTestId("producer").allTextContents(), ["example.org/tests", "not said"]);
    await page.locator("summary").nth(1).click();
    await page
      .getByTestId("producer-finding")
      .filter({ hasText: "EVENT_TIME_WITHOUT_ZONE" })
      .getByRole("link", { name: "1 event" })
      .click();
    await page.waitForURL(/unnamed=1&finding=EVENT_TIME_WITHOUT_ZONE/);
    await rows().filter({ hasText: "copy" }).waitFor();
    assert.equal(await rows().count(), 1);
  });

  it("are fit for everybody, also on a phone and in the dark", async () => {
    const found = [];
    for (const theme of ["light", "dark"]) {
      const phone = await openPage(browser, server.url, { width: 390, height: 800, theme });
      for (const address of ["/events", "/events?seq=3", "/events?tab=quarantine", "/events?tab=producers"]) {
        await phone.goto(address);
        await settled(phone);
        for (const summary of await phone.locator("details > summary").all()) await summary.click();
        found.push(...(await check(phone, `${address} ${theme}`)));
        const wide = await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${address} is ${wide} pixels too wide`);
      }
      assert.deepEqual(phone.faults, []);
      await phone.context().close();
    }
    assert.deepEqual(found, []);
  });

  it("had no error in the console and no failed request", () => {
    assert.deepEqual(page.faults, []);
  });
});
