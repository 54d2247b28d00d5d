// Moving over the picture by keys, and its order as a list.
import type { Scene, SceneNode } from "./scene";

export type Arrow = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

export function isArrow(key: string): key is Arrow {
  return key === "ArrowLeft" || key === "ArrowRight" || key === "ArrowUp" || key === "ArrowDown";
}

const centre = (node: SceneNode) => node.y + node.height / 2;

/** The card that an arrow key leads to: sideways along edges, up and down within the layer. */
export function step(scene: Scene, id: string, key: Arrow): string | undefined {
  const here = scene.nodes.find((node) => node.id === id);
  if (!here) return scene.focus;
  if (key === "ArrowUp" || key === "ArrowDown") {
    const layer = scene.nodes
      .filter((node) => Math.abs(node.x - here.x) < here.width / 2)
      .sort((a, b) => a.y - b.y);
    return layer[layer.indexOf(here) + (key === "ArrowUp" ? -1 : 1)]?.id;
  }
  const next = new Set(
    scene.edges.flatMap((edge) => {
      if (key === "ArrowLeft") return edge.to === id && edge.from !== id ? [edge.from] : [];
      return edge.from === id && edge.to !== id ? [edge.to] : [];
    }),
  );
  return scene.nodes
    .filter((node) => next.has(node.id))
    .sort((a, b) => Math.abs(centre(a) - centre(here)) - Math.abs(centre(b) - centre(here)))[0]?.id;
}

export type Place = "upstream" | "focus" | "downstream" | "beside";

export interface ListRow {
  node: SceneNode;
  place: Place;
}

/** The scene as rows: what is upstream (nearest first), the focus, what is downstream. */
export function listRows(scene: Scene): ListRow[] {
  const up = reach(scene, "to", "from");
  const down = reach(scene, "from", "to");
  const place = (node: SceneNode): Place => {
    if (node.id === scene.focus) return "focus";
    if (node.direction === "UPSTREAM" || up.has(node.id)) return "upstream";
    return node.direction === "DOWNSTREAM" || down.has(node.id) ? "downstream" : "beside";
  };
  const order: Place[] = ["focus", "upstream", "downstream", "beside"];
  return scene.nodes
    .map((node) => ({ node, place: place(node) }))
    .sort(
      (a, b) =>
        order.indexOf(a.place) - order.indexOf(b.place) ||
        Math.abs(a.node.distance) - Math.abs(b.node.distance) ||
        a.node.title.localeCompare(b.node.title),
    );
}

function reach(scene: Scene, near: "from" | "to", far: "from" | "to"): Set<string> {
  const seen = new Set([scene.focus]);
  const queue = [scene.focus];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const edge of scene.edges) {
      if (edge[near] !== id || seen.has(edge[far])) continue;
      seen.add(edge[far]);
      queue.push(edge[far]);
    }
  }
  return seen;
}
