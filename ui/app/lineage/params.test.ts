import { describe, expect, it } from "vitest";
import { collapsed, expanded, isExpanded, parseExpansion, readLineage, sceneVariables } from "./params";

describe("expansions in the address", () => {
  it("round trip ids that hold colons", () => {
    const [entry] = expanded(undefined, { id: "d:postgres://x:1|y", direction: "UPSTREAM", all: true });
    expect(entry).toBe("allup:d:postgres://x:1|y");
    expect(parseExpansion(entry ?? "")).toEqual({
      id: "d:postgres://x:1|y",
      direction: "UPSTREAM",
      all: true,
    });
  });

  it("refuse what they do not know", () => {
    expect(parseExpansion("sideways:x")).toBeUndefined();
    expect(parseExpansion("toString:x")).toBeUndefined();
    expect(parseExpansion("up:")).toBeUndefined();
    expect(parseExpansion("up")).toBeUndefined();
  });

  it("let all take the place of some, and close both", () => {
    const some = expanded(["up:other"], { id: "x", direction: "DOWNSTREAM", all: false });
    const all = expanded(some, { id: "x", direction: "DOWNSTREAM", all: true });
    expect(all).toEqual(["up:other", "alldown:x"]);
    expect(isExpanded(all, "x", "DOWNSTREAM")).toBe(true);
    expect(isExpanded(all, "x", "UPSTREAM")).toBe(false);
    expect(collapsed(all, { id: "x", direction: "DOWNSTREAM" })).toEqual(["up:other"]);
  });
});

describe("the question for the server", () => {
  const focus = { kind: "DATASET", namespace: "n", name: "x" } as const;

  it("has the defaults of the contract", () => {
    expect(sceneVariables(focus, readLineage({}))).toEqual({
      focus,
      up: 1,
      down: 1,
      jobs: true,
      asOf: null,
      expand: [],
      openColumns: [],
      trace: null,
    });
  });

  it("clamps depth, and drops a time that is none", () => {
    const params = readLineage({ up: "99", down: "0", asof: "soon", jobs: "hide" });
    expect(sceneVariables(focus, params)).toMatchObject({ up: 20, down: 0, asOf: null, jobs: false });
  });
});
