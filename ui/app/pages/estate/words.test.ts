import { describe, expect, it } from "vitest";
import { parseSearch, stringifySearch } from "../../lib/search-params";
import { only, readEstate } from "./params";
import { grid, windowWords } from "./words";

describe("the estate page", () => {
  it("keeps its filters in the address", () => {
    const chosen = readEstate(
      parseSearch(
        "?tab=datasets&within=s3://a/b&days=30&usage=TOO_YOUNG&usage=DEAD&usage=x&least=0&across=1&state=FRESH",
      ),
    );
    expect(chosen).toEqual({
      tab: "datasets",
      within: "s3://a/b",
      days: 30,
      usage: ["DEAD", "TOO_YOUNG"],
      least: 1,
      across: true,
      state: undefined,
      plan: undefined,
    });
    expect(readEstate(parseSearch(stringifySearch({ ...chosen })))).toEqual(chosen);
    expect(only(chosen.within)).toEqual({ namespaces: ["s3://a/b"] });
    expect(only(undefined)).toBeNull();
  });

  it("says how far its evidence goes", () => {
    const window = { from: "2026-08-01T00:00:00Z", to: "2026-11-01T00:00:00Z" };
    expect(windowWords({ ...window, watchedSince: null, covered: false })).toMatch(
      /nothing can be called dead\.$/,
    );
    expect(windowWords({ ...window, watchedSince: "2026-10-01T00:00:00Z", covered: false })).toMatch(
      /which is less: nothing is called dead\. Choose fewer days\.$/,
    );
    expect(windowWords({ ...window, watchedSince: "2026-01-01T00:00:00Z", covered: true })).toMatch(
      /so all of that is watched\.$/,
    );
  });

  it("lays out namespaces, those that move most first", () => {
    const { names, at } = grid([
      { from: "lake", to: "dwh", edges: 3 },
      { from: "dwh", to: "dwh", edges: 5 },
      { from: "dwh", to: "bi", edges: 3 },
    ]);
    expect(names).toEqual(["dwh", "bi", "lake"]);
    expect(at("lake", "dwh")).toBe(3);
    expect(at("dwh", "lake")).toBe(0);
    expect(grid([]).names).toEqual([]);
  });
});
