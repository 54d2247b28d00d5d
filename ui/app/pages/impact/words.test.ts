import { describe, expect, it } from "vitest";
import { countWords, sumOf, thingsOf } from "../../lib/verdict";
import { message, nothingDownstream, summary } from "./words";

const none = { breaks: 0, risky: 0, unknown: 0, safe: 0 };
const totals = {
  datasets: { breaks: 5, risky: 1, unknown: 0, safe: 0 },
  jobs: { ...none, breaks: 1 },
  columns: { ...none, breaks: 16, unknown: 2 },
};

describe("an impact answer in words", () => {
  it("names each verdict with what has it", () => {
    expect(thingsOf(totals, "BREAKS")).toBe("5 datasets, 1 job and 16 columns");
    expect(thingsOf(totals, "SAFE")).toBe("");
    expect(summary(totals)).toBe(
      "5 datasets, 1 job and 16 columns break; 1 dataset is risky; 2 columns are unknown.",
    );
  });

  it("agrees in number", () => {
    expect(summary({ datasets: { ...none, breaks: 1 }, jobs: none, columns: none })).toBe(
      "1 dataset breaks.",
    );
    expect(summary({ datasets: { ...none, safe: 1000 }, jobs: none, columns: none })).toBe(
      "1,000 datasets are safe.",
    );
    expect(countWords({ breaks: 1, risky: 2, unknown: 0, safe: 3 })).toBe("1 breaks, 2 risky, 3 safe");
    expect(sumOf({ breaks: 1, risky: 2, unknown: 0, safe: 3 })).toBe(6);
  });

  it("knows when there is nothing to tell", () => {
    expect(nothingDownstream({ totals })).toBe(false);
    expect(nothingDownstream({ totals: { datasets: none, jobs: none, columns: none } })).toBe(true);
  });

  it("is a message with a line an owner", () => {
    const impact = {
      verdict: "BREAKS" as const,
      typeChange: null,
      complete: false,
      totals,
      byDepth: [],
      owners: [
        { name: "team:sales", datasets: { ...none, breaks: 1, risky: 2 }, jobs: { ...none, risky: 1 } },
        { name: null, datasets: none, jobs: { ...none, unknown: 1 } },
      ],
    };
    expect(message({ namespace: "db" }, "orders is dropped", impact, "http://here/x")).toMatchInlineSnapshot(`
      "If orders is dropped (db): 5 datasets, 1 job and 16 columns break; 1 dataset is risky; 2 columns are unknown.
      Not everything downstream could be counted.

      - team:sales: 3 datasets (1 breaks, 2 risky), 1 job (1 risky)
      - without an owner: 1 job (1 unknown)

      http://here/x"
    `);
  });
});
