import { describe, expect, it } from "vitest";
import { fitView, openingView, pinned, revealed } from "./camera";
import { node, scene } from "./testing";

const room = { width: 1200, height: 700 };

describe("the camera", () => {
  it("shows a small picture whole, in the middle, never larger than life", () => {
    const view = openingView(scene({ width: 600, height: 100 }), room);
    expect(view).toEqual({ zoom: 1, x: 300, y: 300 });
  });

  it("opens a large picture on its focus", () => {
    const view = openingView(scene({ width: 9000 }), room);
    expect(view.zoom).toBe(0.85);
    expect(view.x + (600 + 100) * view.zoom).toBeCloseTo(600);
    expect(fitView(scene({ width: 9000 }), room).zoom).toBeLessThan(0.2);
  });

  it("keeps a card where it was on the screen", () => {
    const after = scene({ nodes: [node("f", 900, 340)] });
    expect(pinned(scene(), after, "f", { x: 10, y: 20, zoom: 0.5 })).toEqual({ x: -140, y: -130, zoom: 0.5 });
    expect(pinned(scene(), scene({ nodes: [] }), "f", { x: 1, y: 2, zoom: 1 })).toEqual({
      x: 1,
      y: 2,
      zoom: 1,
    });
  });

  it("moves just enough to show a card, or not at all", () => {
    const view = { x: 100, y: 100, zoom: 1 };
    expect(revealed(scene(), "f", room, view)).toBe(view);
    expect(revealed(scene(), "c", room, view)).toEqual({ x: 78, y: 100, zoom: 1 });
  });
});
