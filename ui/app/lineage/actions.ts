// What one can do to the picture. Every action changes the address; the picture follows.
import { createContext, useContext } from "react";
import { query, queryClient } from "../graphql/client";
import { EntityQuery } from "./entity";
import { collapsed, expanded, type Focus, isExpanded, type LineageParams, type Side } from "./params";

export interface Actions {
  select: (id: string) => void;
  closePanel: () => void;
  /** Puts a card in the middle of a new picture. */
  reroot: (id: string) => void;
  toggleSide: (id: string, side: Side) => void;
  expandAll: (id: string, side: Side) => void;
  toggleColumns: (id: string) => void;
  trace: (column: string | undefined) => void;
  set: (patch: Partial<LineageParams>) => void;
}

/** `stay` replaces the present entry of the history, so that Back does not walk over every selection. */
export type Change = (patch: Partial<LineageParams>, stay?: boolean) => void;

export function makeActions(params: LineageParams, change: Change, onFocus: (focus: Focus) => void): Actions {
  const some = (values: string[]) => (values.length ? values : undefined);
  return {
    select: (id) => change({ sel: id }, true),
    closePanel: () => change({ sel: "none" }, true),
    reroot: async (id) => {
      const { node } = await queryClient.ensureQueryData(query(EntityQuery, { id }));
      if (node?.__typename === "Dataset")
        onFocus({ kind: "DATASET", namespace: node.namespace, name: node.name });
      if (node?.__typename === "Job") onFocus({ kind: "JOB", namespace: node.namespace, name: node.name });
    },
    toggleSide: (id, direction) => {
      const open = isExpanded(params.expand, id, direction);
      const expand = open
        ? collapsed(params.expand, { id, direction })
        : expanded(params.expand, { id, direction, all: false });
      change({ expand: some(expand), sel: id });
    },
    expandAll: (id, direction) =>
      change({ expand: expanded(params.expand, { id, direction, all: true }), sel: id }),
    toggleColumns: (id) => {
      const rest = (params.cols ?? []).filter((other) => other !== id);
      const cols = rest.length === (params.cols ?? []).length ? [...rest, id] : rest;
      change({ cols: some(cols), sel: id });
    },
    trace: (column) => change({ trace: column }),
    set: (patch) => change(patch),
  };
}

export const ActionsContext = createContext<Actions | undefined>(undefined);

export function useActions(): Actions {
  const actions = useContext(ActionsContext);
  if (!actions) throw new Error("The lineage actions are missing around this component.");
  return actions;
}
