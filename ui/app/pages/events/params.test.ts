import { describe, expect, it } from "vitest";
import { parseSearch, stringifySearch } from "../../lib/search-params";
import { chosen, readEvents, toFilter } from "./params";

describe("the events page's address", () => {
  it("survives the way into the address and back", () => {
    const params = readEvents(
      parseSearch(
        "?tab=producers&q=a%20b&type=FAIL&of=JOB&outcome=REPEATED&namespace=x%3A%2F%2Fy&unnamed=1&hours=24&seq=7",
      ),
    );
    expect(readEvents(parseSearch(stringifySearch({ ...params })))).toEqual(params);
    expect(params).toMatchObject({
      tab: "producers",
      q: "a b",
      namespace: "x://y",
      unnamed: true,
      hours: 24,
      seq: 7,
    });
  });

  it("ignores what it does not know", () => {
    const params = readEvents(parseSearch("?tab=none&type=LATER&hours=x&seq=-1"));
    expect(params).toMatchObject({ tab: undefined, type: undefined, hours: undefined });
    expect(chosen(params)).toEqual([]);
  });

  it("names what it filters by", () => {
    expect(chosen({ q: "x", type: "FAIL", unnamed: true }).map((one) => one.label)).toEqual([
      "“x”",
      "type FAIL",
      "no producer named",
    ]);
  });

  it("makes the query's filter", () => {
    const filter = toFilter({ unnamed: true, hours: 1, q: "x" }, Date.parse("2026-01-01T01:00:00Z"));
    expect(filter).toMatchObject({ producer: "", since: "2026-01-01T00:00:00.000Z", text: "x" });
  });
});
