import { describe, expect, it } from "vitest";
import { edge, node, scene } from "./testing";
import { listRows, step } from "./walk";

describe("arrows", () => {
  it("walk along edges and within a layer", () => {
    expect(step(scene(), "f", "ArrowLeft")).toBe("j");
    expect(step(scene(), "f", "ArrowRight")).toBe("c");
    expect(step(scene(), "a", "ArrowDown")).toBe("b");
    expect(step(scene(), "a", "ArrowUp")).toBeUndefined();
    expect(step(scene(), "c", "ArrowRight")).toBeUndefined();
  });

  it("start at the focus when the card is gone", () => {
    expect(step(scene(), "gone", "ArrowLeft")).toBe("f");
  });

  it("do not get stuck in a loop to oneself", () => {
    const looped = scene({ nodes: [node("f", 0, 0)], edges: [edge("f", "f")] });
    expect(step(looped, "f", "ArrowRight")).toBeUndefined();
  });
});

describe("the list", () => {
  it("says for every card where it stands", () => {
    const rows = listRows(scene()).map((row) => [row.node.id, row.place]);
    expect(rows).toEqual([
      ["f", "focus"],
      ["j", "upstream"],
      ["a", "upstream"],
      ["b", "upstream"],
      ["c", "downstream"],
    ]);
  });

  it("ends on a cycle", () => {
    expect(listRows(scene({ edges: [edge("c", "f"), edge("f", "c")] }))).toHaveLength(5);
  });
});
