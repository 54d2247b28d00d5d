// Reads and writes the lineage part of whatever page the view is on.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type { Change } from "./actions";
import type { LineageParams } from "./params";

export function useLineageParams(): [LineageParams, Change] {
  const params: LineageParams = useSearch({ strict: false });
  const navigate = useNavigate();
  const change: Change = useCallback(
    (patch, stay = false) => {
      navigate({
        to: ".",
        search: (old: LineageParams) => ({ ...old, ...patch }),
        replace: stay,
        resetScroll: false,
      } as never);
    },
    [navigate],
  );
  return [params, change];
}
