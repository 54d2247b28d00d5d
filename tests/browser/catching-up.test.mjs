// A server that is behind its log: every page says so, with progress, until it has caught up; then what it shows is read anew.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { emptyDirectory, openPage, settled, startBrowser, startServer } from "./headwater.mjs";

const event = (n) => ({
  eventType: "COMPLETE",
  eventTime: "2026-11-01T00:00:00Z",
  run: { runId: `0190f3a8-1111-7222-8333-00000000000${n}` },
  job: { namespace: "etl", name: `job ${n}` },
  inputs: [{ namespace: "db", name: "orders" }],
  outputs: [{ namespace: "db", name: `copy_${n}` }],
  producer: "https://example.com/test",
  schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
});

describe("a server that is behind", () => {
  let server;
  let browser;
  let page;
  let directory;
  /** Set to have answers say that nothing is missing any more. */
  let caughtUp = false;

  before(async () => {
    directory = await emptyDirectory();
    [server, browser] = await Promise.all([
      startServer("serve", "--data", directory.path, "--hold-projections-at", "1"),
      startBrowser(),
    ]);
    for (const n of [1, 2, 3]) {
      const answer = await fetch(`${server.url}/api/v1/lineage`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(event(n)),
      });
      assert.ok(answer.ok, `${answer.status} ${await answer.text()}`);
    }
    page = await openPage(browser, server.url);
    await page.route("**/graphql", async (route) => {
      const response = await route.fetch();
      const answer = await response.json();
      if (caughtUp) {
        delete answer.extensions;
        if (answer.data?.status) Object.assign(answer.data.status, { logSeq: 3, catalogSeq: 3, searchSeq: 3 });
      }
      await route.fulfill({ response, json: answer });
    });
  });
  after(async () => {
    // Requests that are under way when the page closes are nobody's any more.
    await page?.unrouteAll({ behavior: "ignoreErrors" });
    await browser?.close();
    await server?.stop();
    await directory?.remove();
  });

  for (const place of ["/", "/browse", "/datasets/db/orders", "/lineage/dataset/db/orders", "/events", "/estate", "/search?q=copy"]) {
    it(`says so on ${place}`, async () => {
      await page.goto(place);
      const banner = page.getByTestId("catching-up");
      await banner.waitFor();
      const said = await banner.getByRole("status").textContent();
      assert.equal(
        said.replace(/\s+/g, " "),
        "The server is still reading its event log: 1 of 3; what you see may be missing the newest events.",
      );
      assert.equal(await banner.getByRole("progressbar").getAttribute("value"), "1");
    });
  }

  it("stops saying so when everything is there, and reads the page anew", async () => {
    await page.goto("/datasets/db/orders");
    await page.getByTestId("catching-up").waitFor();
    await settled(page);
    const anew = page.waitForRequest(
      (request) => request.url().endsWith("/graphql") && !/query CatchingUp|query Status/.test(request.postData() ?? ""),
    );
    caughtUp = true;
    await Promise.all([anew, page.getByTestId("catching-up").waitFor({ state: "detached" })]);
  });

  it("had no error in the console and no failed request", () => {
    assert.deepEqual(page.faults, []);
  });
});
