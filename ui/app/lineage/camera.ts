// Where the picture is looked at from. Pure, so that it can be tested.
import type { Scene } from "./scene";

export interface View {
  x: number;
  y: number;
  zoom: number;
}

interface Size {
  width: number;
  height: number;
}

const margin = 22;
/** The tools lie at the bottom. */
const foot = 52;
/** Text smaller than at this zoom is hard to read. */
const readable = 0.7;
/** Where the picture opens when all of it would be too small. */
const close = 0.85;

export function fitView(scene: Scene, room: Size): View {
  const zoom = Math.min(
    1,
    (room.width - margin * 2) / Math.max(1, scene.width),
    (room.height - margin - foot) / Math.max(1, scene.height),
  );
  const safe = Math.max(0.05, zoom);
  return {
    zoom: safe,
    x: (room.width - scene.width * safe) / 2,
    y: middleOf(room.height, scene.height * safe),
  };
}

function middleOf(height: number, extent: number): number {
  return Math.min((height - extent) / 2, Math.max(margin, height - foot - extent));
}

export function centreOn(scene: Scene, id: string, room: Size, zoom: number): View | undefined {
  const node = scene.nodes.find((candidate) => candidate.id === id);
  if (!node) return undefined;
  const x = room.width / 2 - (node.x + node.width / 2) * zoom;
  const y = room.height / 2 - (node.y + node.height / 2) * zoom;
  return { x, y, zoom };
}

/** All of it when it is readable so, else the focus in the middle and no part of the room left empty. */
export function openingView(scene: Scene, room: Size): View {
  const all = fitView(scene, room);
  if (all.zoom >= readable) return all;
  const view = centreOn(scene, scene.focus, room, close);
  if (!view) return all;
  return {
    zoom: close,
    x: filled(view.x, scene.width * close, room.width),
    y: filled(view.y, scene.height * close, room.height),
  };
}

/** Slides an extent so that it covers the room, or lies in its middle when it is smaller. */
function filled(from: number, extent: number, room: number): number {
  if (extent <= room - margin * 2) return (room - extent) / 2;
  return Math.min(margin, Math.max(room - margin - extent, from));
}

/** Moves the view so that one card stays where it was on the screen. */
export function pinned(before: Scene, after: Scene, id: string, view: View): View {
  const from = before.nodes.find((node) => node.id === id);
  const to = after.nodes.find((node) => node.id === id);
  if (!from || !to) return view;
  return { ...view, x: view.x + (from.x - to.x) * view.zoom, y: view.y + (from.y - to.y) * view.zoom };
}

/** Moves the view just enough to show a card. */
export function revealed(scene: Scene, id: string, room: Size, view: View): View {
  const node = scene.nodes.find((candidate) => candidate.id === id);
  if (!node) return view;
  const into = (low: number, high: number, max: number) =>
    low < margin ? margin - low : high > max - margin ? Math.max(max - margin - high, margin - low) : 0;
  const left = node.x * view.zoom + view.x;
  const top = node.y * view.zoom + view.y;
  const dx = into(left, left + node.width * view.zoom, room.width);
  const dy = into(top, top + node.height * view.zoom, room.height);
  return dx === 0 && dy === 0 ? view : { ...view, x: view.x + dx, y: view.y + dy };
}
