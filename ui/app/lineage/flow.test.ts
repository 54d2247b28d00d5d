import { describe, expect, it } from "vitest";
import { arrowAt, pathThrough, toFlow } from "./flow";
import { edge, node, scene } from "./testing";

describe("from the scene to the drawing", () => {
  it("keeps the server's places and sizes and gives the handles", () => {
    const { nodes } = toFlow(scene(), {});
    expect(nodes[3]).toMatchObject({
      id: "f",
      type: "card",
      position: { x: 600, y: 40 },
      width: 200,
      height: 50,
    });
    expect(nodes[3]?.handles?.map((handle) => [handle.type, handle.x, handle.y])).toEqual([
      ["target", 0, 25],
      ["source", 200, 25],
    ]);
    expect(nodes.filter((one) => one.data.focus).map((one) => one.id)).toEqual(["f"]);
  });

  it("marks the selection and the edges at it", () => {
    const { nodes, edges } = toFlow(scene(), { sel: "c" });
    expect(nodes.filter((one) => one.data.selected).map((one) => one.id)).toEqual(["c"]);
    expect(edges.filter((one) => one.data?.strong).map((one) => one.id)).toEqual(["f>c"]);
  });

  it("dims what is not traced, but only while tracing", () => {
    const traced = scene({
      nodes: [node("f", 0, 0, { traced: true }), node("c", 300, 0)],
      edges: [edge("f", "c")],
    });
    expect(toFlow(traced, { trace: "x" }).nodes.map((one) => one.data.dimmed)).toEqual([false, true]);
    expect(toFlow(traced, { trace: "x" }).edges[0]?.data?.dimmed).toBe(true);
    expect(toFlow(traced, {}).nodes.some((one) => one.data.dimmed)).toBe(false);
  });

  it("takes the jobs between traced datasets for traced", () => {
    const base = scene();
    const nodes = base.nodes.map((one) =>
      one.id === "a" || one.id === "f" ? { ...one, traced: true } : one,
    );
    const flow = toFlow({ ...base, nodes }, { trace: "x" });
    expect(flow.nodes.filter((one) => !one.data.dimmed).map((one) => one.id)).toEqual(["a", "j", "f"]);
    expect(flow.edges.filter((one) => !one.data?.dimmed).map((one) => one.id)).toEqual(["a>j", "j>f"]);
    expect(flow.edges.some((one) => one.data?.strong)).toBe(false);
  });

  it("draws a stand-in as such and knows what is open", () => {
    const more = node("m", 0, 0, { kind: "MORE", anchor: "f", direction: "UPSTREAM", count: 7 });
    const { nodes } = toFlow(scene({ nodes: [more, node("f", 300, 0)], edges: [] }), {
      expand: ["allup:f"],
      cols: ["f"],
    });
    expect(nodes[0]?.type).toBe("more");
    expect(nodes[1]?.data).toMatchObject({ upOpen: true, downOpen: false, columnsOpen: true });
  });
});

describe("paths", () => {
  it("go through every point", () => {
    expect(pathThrough([0, 0, 100, 0, 200, 50])).toBe("M0 0L100 0C150 0 150 50 200 50");
    expect(pathThrough([])).toBe("");
  });

  it("end in an arrow head", () => {
    expect(arrowAt([0, 0, 100, 50], 10)).toBe("M90 44L100 50L90 56");
    expect(arrowAt([])).toBe("");
  });
});
