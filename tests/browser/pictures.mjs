// Takes the pictures of docs/images: the demo's data, light theme. `npm run pictures`.
import { fileURLToPath } from "node:url";
import { openPage, path, settled, startBrowser, startDemo } from "./headwater.mjs";
import { ask } from "./pages.mjs";

const images = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const warehouse = "snowflake://meltwater-eu1";

const demo = await startDemo();
const browser = await startBrowser();
try {
  const page = await openPage(browser, demo.url, { width: 1440, height: 800 });
  await page.goto("/");
  await settled(page);
  await page.screenshot({ path: `${images}home.png` });

  const name = (table) =>
    `dataset(namespace: "${warehouse}", name: "analytics.${table}") { id columns { id name } }`;
  const of = await ask(
    demo.url,
    `{ focus: ${name("marts.daily_revenue")} orders: ${name("marts.fct_orders")} tax: ${name("marts_finance.revenue_reconciliation")} }`,
  );
  const search = new URLSearchParams({ up: "1", down: "1", sel: "none" });
  for (const table of [of.focus, of.orders]) search.append("cols", table.id);
  search.append("trace", of.focus.columns.find((column) => /revenue|net/.test(column.name)).id);
  await page.goto(`${path("lineage", "dataset", warehouse, "analytics.marts.daily_revenue")}?${search}`);
  await settled(page);
  await page.getByTestId("lineage-column").first().waitFor();
  await page.screenshot({ path: `${images}lineage.png` });
} finally {
  await browser.close();
  await demo.stop();
}
