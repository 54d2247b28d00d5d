import { describe, expect, it } from "vitest";
import { jsonLines, lineOf } from "./json-lines";

const text = '{"a":[1,{"b/c":"x, {y}"},[]],"e":{},"n":12345678901234567890.10,"s":"\\"~"}';

describe("JSON over lines", () => {
  it("means the same as JSON.stringify lays out, with numbers as they were sent", () => {
    const small = '{"a":[1,{"b":null}],"c":{},"d":[],"e":true}';
    const lines = jsonLines(small) ?? [];
    expect(lines.map((line) => line.text).join("\n")).toBe(JSON.stringify(JSON.parse(small), null, 2));
    expect(jsonLines(text)?.some((line) => line.text.includes("12345678901234567890.10"))).toBe(true);
  });

  it("takes any white space and a bare value", () => {
    expect(jsonLines(' { "a" :\n [ ] , "b" : 1 } ')?.map((line) => line.text)).toEqual([
      "{",
      '  "a": [],',
      '  "b": 1',
      "}",
    ]);
    expect(jsonLines("7")).toEqual([{ text: "7", pointer: "" }]);
  });

  it("is nothing for what is no JSON", () => {
    expect(jsonLines("{oops")).toBeUndefined();
  });

  it("finds the line of a pointer, or of the nearest thing around it", () => {
    const lines = jsonLines(text) ?? [];
    const at = (pointer: string) => lines[lineOf(lines, pointer)]?.text.trim();
    expect(at("/a/1/b~1c")).toBe('"b/c": "x, {y}"');
    expect(at("/a/2")).toBe("[]");
    expect(at("/e/missing/deep")).toBe('"e": {},');
    expect(at("/nowhere")).toBe("{");
    expect(at("")).toBe("{");
  });
});
