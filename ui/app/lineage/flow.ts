// From the server's scene to what React Flow draws. Sizes and handles are given, so that nothing is measured.
import { type Edge, type Node, Position } from "@xyflow/react";
import { isExpanded, type LineageParams } from "./params";
import type { Scene, SceneEdge, SceneNode } from "./scene";

export interface CardData extends Record<string, unknown> {
  node: SceneNode;
  focus: boolean;
  selected: boolean;
  /** Not on the trace while something is traced. */
  dimmed: boolean;
  columnsOpen: boolean;
  upOpen: boolean;
  downOpen: boolean;
  trace: string | undefined;
}

export interface LineData extends Record<string, unknown> {
  edge: SceneEdge;
  dimmed: boolean;
  strong: boolean;
}

export type CardNode = Node<CardData, "card" | "more">;
export type LineEdge = Edge<LineData, "line">;

export function toFlow(scene: Scene, params: LineageParams): { nodes: CardNode[]; edges: LineEdge[] } {
  const selected = params.sel;
  const tracing = params.trace !== undefined;
  const traced = onTrace(scene);
  const nodes = scene.nodes.map((node): CardNode => {
    const data: CardData = {
      node,
      focus: node.id === scene.focus,
      selected: node.id === selected,
      dimmed: tracing && !traced.has(node.id),
      columnsOpen: params.cols?.includes(node.id) ?? false,
      upOpen: isExpanded(params.expand, node.id, "UPSTREAM"),
      downOpen: isExpanded(params.expand, node.id, "DOWNSTREAM"),
      trace: params.trace,
    };
    const { width, height } = node;
    return {
      id: node.id,
      type: node.kind === "MORE" ? "more" : "card",
      position: { x: node.x, y: node.y },
      data,
      width,
      height,
      zIndex: data.selected ? 2 : 1,
      handles: [
        { type: "target", position: Position.Left, x: 0, y: height / 2, width: 1, height: 1 },
        { type: "source", position: Position.Right, x: width, y: height / 2, width: 1, height: 1 },
      ],
    };
  });
  const edges = scene.edges.map((edge): LineEdge => {
    const onPath = edge.fromColumn ? edge.traced : traced.has(edge.from) && traced.has(edge.to);
    // While a column is traced its own lines speak; those between whole cards stay quiet.
    const strong = tracing
      ? onPath && edge.fromColumn !== null
      : edge.from === selected || edge.to === selected;
    return {
      id: edge.id,
      type: "line",
      source: edge.from,
      target: edge.to,
      data: { edge, dimmed: tracing && !onPath, strong },
    };
  });
  return { nodes, edges };
}

/** The cards on the trace: the datasets that the server names, and the jobs between two of them. */
function onTrace(scene: Scene): Set<string> {
  const named = new Set(scene.nodes.filter((node) => node.traced).map((node) => node.id));
  const fed = new Set(scene.edges.filter((edge) => named.has(edge.from)).map((edge) => edge.to));
  const feeding = new Set(scene.edges.filter((edge) => named.has(edge.to)).map((edge) => edge.from));
  const between = scene.nodes.filter(
    (node) => node.kind === "JOB" && fed.has(node.id) && feeding.has(node.id),
  );
  return new Set([...named, ...between.map((node) => node.id)]);
}

/** A smooth path through x, y, x, y, …: every stretch leaves and arrives level. */
export function pathThrough(points: readonly number[]): string {
  let path = "";
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [x, y] = [points[i] ?? 0, points[i + 1] ?? 0];
    if (i === 0) {
      path = `M${x} ${y}`;
      continue;
    }
    const [px, py] = [points[i - 2] ?? 0, points[i - 1] ?? 0];
    const middle = (px + x) / 2;
    path += py === y ? `L${x} ${y}` : `C${middle} ${py} ${middle} ${y} ${x} ${y}`;
  }
  return path;
}

/** The head of an arrow that arrives at the last point from the left. */
export function arrowAt(points: readonly number[], size = 6): string {
  const [x, y] = points.slice(-2);
  if (x === undefined || y === undefined) return "";
  return `M${x - size} ${y - size * 0.6}L${x} ${y}L${x - size} ${y + size * 0.6}`;
}
