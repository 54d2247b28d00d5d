// The keys of the lineage view.
import { useEffect } from "react";
import { isTyping } from "../shell/keys";
import type { Actions } from "./actions";
import type { LineageParams } from "./params";
import type { Scene } from "./scene";
import { isArrow, step } from "./walk";

interface LineageKeys {
  scene: Scene | undefined;
  params: LineageParams;
  actions: Actions;
  /** Inside a page the keys work only while the view has the focus: the arrows must scroll the page. */
  everywhere: boolean;
}

export function useLineageKeys({ scene, params, actions, everywhere }: LineageKeys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!scene || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector("dialog[open]")) return;
      if (!everywhere && !(event.target as Element | null)?.closest?.(".lineage")) return;
      const here =
        scene.nodes.find((node) => node.id === params.sel) ??
        scene.nodes.find((node) => node.id === scene.focus);
      if (here && act(event, here.id, here.kind === "MORE")) event.preventDefault();
    };

    /** True when the key meant something. */
    const act = (event: KeyboardEvent, id: string, more: boolean): boolean => {
      if (isArrow(event.key)) {
        if (params.list) return false;
        const next = step(scene as Scene, id, event.key);
        if (next) actions.select(next);
        return true;
      }
      switch (event.key) {
        case "Enter": {
          const onCard =
            (event.target as HTMLElement | null)?.matches?.("[data-card]") || event.target === document.body;
          if (!onCard || more) return false;
          actions.reroot(id);
          return true;
        }
        case "e":
          if (!more) actions.toggleSide(id, "DOWNSTREAM");
          return true;
        case "E":
          if (!more) actions.toggleSide(id, "UPSTREAM");
          return true;
        case "c":
          if (!more) actions.toggleColumns(id);
          return true;
        case "v":
          actions.set({ list: params.list ? undefined : true });
          return true;
        case "f":
          document.querySelector<HTMLInputElement>("input[data-find]")?.focus();
          return true;
        case "Escape":
          if (params.trace) actions.trace(undefined);
          else actions.closePanel();
          return true;
        default:
          return false;
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [scene, params, actions, everywhere]);
}
