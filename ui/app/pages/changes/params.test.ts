import { describe, expect, it } from "vitest";
import { parseSearch, stringifySearch } from "../../lib/search-params";
import { comparison, daysAgo, inOrder, readChanges } from "./params";
import { kindTitle, saidWords, same } from "./words";

const now = Date.parse("2026-11-22T15:30:00Z");
const mart = { kind: "dataset" as const, namespace: "db", name: "mart" };

describe("the comparison of two instants", () => {
  it("is kept in the address, without what is no time", () => {
    const chosen = readChanges(parseSearch("?since=2026-11-01T00:00:00Z&until=soon&way=up&steps=99&again=1"));
    expect(chosen).toEqual({
      since: "2026-11-01T00:00:00Z",
      until: undefined,
      way: "up",
      steps: 20,
      again: true,
    });
    expect(readChanges(parseSearch(stringifySearch({ ...chosen })))).toEqual(chosen);
  });

  it("begins a week ago and asks the same all day", () => {
    expect(daysAgo(7, now)).toBe("2026-11-15T00:00:00.000Z");
    expect(daysAgo(7, now + 3_600_000)).toBe(daysAgo(7, now));
    expect(comparison(mart, {}, now)).toEqual({
      before: { from: { datasets: [{ namespace: "db", name: "mart" }] }, asOf: "2026-11-15T00:00:00.000Z" },
      after: { from: { datasets: [{ namespace: "db", name: "mart" }] }, asOf: null, seenSince: null },
      direction: "BOTH",
      depth: null,
    });
  });

  it("takes jobs, and what was not seen again", () => {
    const since = "2026-11-01T00:00:00Z";
    const asked = comparison({ ...mart, kind: "job" }, { since, way: "down", steps: 2, again: true }, now);
    expect(asked).toMatchObject({
      before: { from: { jobs: [{ name: "mart" }] }, asOf: since },
      after: { seenSince: since },
      direction: "DOWNSTREAM",
      depth: 2,
    });
  });

  it("wants the moments in order", () => {
    expect(inOrder({}, now)).toBe(true);
    expect(inOrder({ since: "2026-11-02T00:00:00Z", until: "2026-11-01T00:00:00Z" }, now)).toBe(false);
    expect(inOrder({ since: "2027-01-01T00:00:00Z" }, now)).toBe(false);
  });
});

describe("a change in words", () => {
  it("says how an edge is known, and leaves types alone", () => {
    expect(saidWords("EDGE", "COLUMN_LINEAGE")).toBe("by column lineage");
    expect(saidWords("EDGE", "NEW_BASIS")).toBe("NEW_BASIS");
    expect(saidWords("COLUMN", "VARCHAR(10)")).toBe("VARCHAR(10)");
    expect(saidWords("COLUMN_EDGE", "INDIRECT GROUP_BY, DIRECT IDENTITY")).toBe(
      "indirect group by, direct identity",
    );
    expect(kindTitle("COLUMN_EDGE")).toBe("Edges between columns");
  });

  it("knows the job at an end of an edge", () => {
    expect(same(mart, { namespace: "db", name: "mart" })).toBe(true);
    expect(same(mart, { namespace: "etl", name: "mart" })).toBe(false);
    expect(same(mart, null)).toBe(false);
  });
});
