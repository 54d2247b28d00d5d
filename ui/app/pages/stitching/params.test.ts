import { describe, expect, it } from "vitest";
import { parseSearch, stringifySearch } from "../../lib/search-params";
import { readStitching, sentence } from "./params";

describe("the stitching page", () => {
  it("keeps its filters in the address", () => {
    const chosen = readStitching(parseSearch("?by=HOST&by=PORT&by=COLOUR&joined=1&x=y"));
    expect(chosen).toEqual({ by: ["PORT", "HOST"], joined: true });
    expect(readStitching(parseSearch(stringifySearch({ ...chosen })))).toEqual(chosen);
    expect(readStitching({})).toEqual({ by: undefined, joined: undefined });
  });

  it("says in what names differ", () => {
    expect(sentence(["PORT"])).toBe("port");
    expect(sentence(["PORT", "SCHEME", "CASE"])).toBe("port, scheme and upper and lower case");
  });
});
