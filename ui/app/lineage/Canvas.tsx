// The picture itself: React Flow as a drawing board, with our own camera.
import { ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { CanvasTools } from "./CanvasTools";
import { Card, MoreCard } from "./Card";
import { centreOn, fitView, openingView, pinned, revealed } from "./camera";
import { toFlow } from "./flow";
import { Line } from "./Line";
import type { LineageParams } from "./params";
import type { Scene } from "./scene";
import "@xyflow/react/dist/base.css";

const nodeTypes = { card: Card, more: MoreCard };
const edgeTypes = { line: Line };

interface CanvasProps {
  scene: Scene;
  params: LineageParams;
  /** The wheel zooms on the full page; inside a page it must scroll. */
  wheelZooms: boolean;
}

export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Board {...props} />
    </ReactFlowProvider>
  );
}

/** How large the drawing board is now. */
function roomIn(box: HTMLElement | null) {
  return box?.getBoundingClientRect() ?? { width: 800, height: 600 };
}

function Board({ scene, params, wheelZooms }: CanvasProps) {
  const flow = useReactFlow();
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<Scene>(undefined);
  const { nodes, edges } = useMemo(() => toFlow(scene, params), [scene, params]);
  const [ready, setReady] = useState(false);
  const selected = params.sel;

  useLayoutEffect(() => {
    const before = drawn.current;
    if (!ready || before === scene) return;
    drawn.current = scene;
    if (before?.focus !== scene.focus) {
      flow.setViewport(openingView(scene, roomIn(box.current)));
      return;
    }
    const anchor = scene.nodes.some((node) => node.id === selected) ? selected : scene.focus;
    flow.setViewport(pinned(before, scene, anchor ?? scene.focus, flow.getViewport()));
  });

  // The keyboard's card is brought into view, and keeps the focus if the focus was in the picture.
  useEffect(() => {
    if (!selected || selected === "none") return;
    const view = flow.getViewport();
    const next = revealed(drawn.current ?? scene, selected, roomIn(box.current), view);
    if (next !== view) flow.setViewport(next);
    if (!box.current?.contains(document.activeElement)) return;
    const frame = requestAnimationFrame(() => {
      box.current
        ?.querySelector<HTMLElement>(`[data-card="${CSS.escape(selected)}"]`)
        ?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [selected, scene, flow]);

  return (
    <section className="canvas" ref={box} tabIndex={-1} aria-label="Picture" data-testid="lineage-canvas">
      <ReactFlow
        onInit={() => setReady(true)}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        zoomOnDoubleClick={false}
        zoomOnScroll={wheelZooms}
        preventScrolling={wheelZooms}
        onlyRenderVisibleElements={scene.nodes.length > 80}
        minZoom={0.05}
        maxZoom={2}
      />
      <CanvasTools
        onZoom={(factor) => flow.zoomTo(flow.getZoom() * factor)}
        onFit={() => flow.setViewport(fitView(scene, roomIn(box.current)))}
        onFocus={() => {
          const view = centreOn(scene, scene.focus, roomIn(box.current), Math.max(0.8, flow.getZoom()));
          if (view) flow.setViewport(view);
        }}
      />
    </section>
  );
}
