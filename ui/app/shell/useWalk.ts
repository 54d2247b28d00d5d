// j and k move the focus over a list; Enter is the focused link's own.
import { useEffect, useState } from "react";
import { isTyping } from "./keys";

/** `selector` finds the links in their order; answers the place of the current one, or -1. */
export function useWalk(selector: string, length: number): number {
  const [at, setAt] = useState(-1);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
      const step = event.key === "j" ? 1 : event.key === "k" ? -1 : 0;
      if (step === 0 || length === 0) return;
      const next = Math.min(length - 1, Math.max(0, at + step));
      setAt(next);
      document.querySelectorAll<HTMLElement>(selector)[next]?.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [at, length, selector]);
  return Math.min(at, length - 1);
}
