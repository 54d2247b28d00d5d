import { describe, expect, it } from "vitest";
import { flag, integer, list, parseSearch, stringifySearch, text, toggled } from "./search-params";

describe("the search part of an address", () => {
  it("round trips every character and repeated keys", () => {
    const search = { q: 'a b/ä?#%"&=+日本', tag: ["pii", "a&b"], n: "007" };
    expect(parseSearch(stringifySearch(search))).toEqual(search);
  });

  it("leaves out what is empty", () => {
    expect(stringifySearch({ q: "", tab: undefined, list: false })).toBe("");
    expect(stringifySearch({ up: 0, list: true })).toBe("?up=0&list=1");
  });

  it("keeps numbers and words apart from JSON", () => {
    expect(parseSearch("?q=true&id=12")).toEqual({ q: "true", id: "12" });
  });
});

describe("readers", () => {
  it("make a list of one or many, without doubles", () => {
    expect(list("a")).toEqual(["a"]);
    expect(list(["a", "b", "a", ""])).toEqual(["a", "b"]);
    expect(list(undefined)).toBeUndefined();
  });

  it("refuse what is not of their kind", () => {
    expect(text("")).toBeUndefined();
    expect(integer("3", 0, 20)).toBe(3);
    expect(integer("99", 0, 20)).toBe(20);
    expect(integer("x", 0, 20)).toBeUndefined();
    expect(flag("1")).toBe(true);
    expect(flag("0")).toBeUndefined();
  });

  it("toggle a value in a list", () => {
    expect(toggled(undefined, "a")).toEqual(["a"]);
    expect(toggled(["a", "b"], "a")).toEqual(["b"]);
    expect(toggled(["a"], "a")).toBeUndefined();
  });
});
