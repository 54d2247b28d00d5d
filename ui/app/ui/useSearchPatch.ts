// Changes a part of whatever address the page is at; the rest stays.
import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";

/** Replaces the entry of the history: a filter is no place to go back to. */
export function useSearchPatch<Params>(): (patch: Partial<Params>) => void {
  const navigate = useNavigate();
  return useCallback(
    (patch) => {
      navigate({
        to: ".",
        search: (old: Params) => ({ ...old, ...patch }),
        replace: true,
        resetScroll: false,
      } as never);
    },
    [navigate],
  );
}
