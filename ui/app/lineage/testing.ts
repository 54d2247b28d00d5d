// A small scene for the tests: a and b feed the job j, which feeds f; f feeds c.
import type { Scene, SceneEdge, SceneNode } from "./scene";

export function node(id: string, x: number, y: number, more: Partial<SceneNode> = {}): SceneNode {
  return {
    id,
    x,
    y,
    kind: "DATASET",
    width: 200,
    height: 50,
    title: id,
    namespace: "ns",
    status: null,
    tags: [],
    columnCount: 0,
    hasColumnLineage: false,
    hiddenUpstream: 0,
    hiddenDownstream: 0,
    count: 0,
    anchor: null,
    direction: null,
    distance: 1,
    traced: false,
    columns: [],
    ...more,
  };
}

export function edge(from: string, to: string, more: Partial<SceneEdge> = {}): SceneEdge {
  return {
    id: `${from}>${to}`,
    from,
    to,
    fromColumn: null,
    toColumn: null,
    points: [0, 0, 100, 50],
    basis: "INPUTS_OUTPUTS",
    direct: true,
    traced: false,
    ...more,
  };
}

export function scene(more: Partial<Scene> = {}): Scene {
  return {
    focus: "f",
    width: 1100,
    height: 150,
    datasetsUpstream: 2,
    datasetsDownstream: 1,
    complete: true,
    truncatedBecause: null,
    incompleteReason: null,
    nodes: [
      node("a", 0, 0),
      node("b", 0, 80),
      node("j", 300, 40, { kind: "JOB", distance: 0 }),
      node("f", 600, 40, { distance: 0 }),
      node("c", 900, 40),
    ],
    edges: [edge("a", "j"), edge("b", "j"), edge("j", "f"), edge("f", "c")],
    ...more,
  };
}
