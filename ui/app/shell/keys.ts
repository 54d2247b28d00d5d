// The keys that work on every page.
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";

/**
 * True when a key press belongs to a field and not to the page. A field in a box that was just closed keeps the focus
 * until the next frame is drawn; nobody sees it any more, so nobody types into it.
 */
export function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  const field = element?.closest?.("input, textarea, select, [contenteditable=true]");
  return !!field && !field.closest("dialog:not([open])");
}

interface GlobalKeys {
  palette: () => void;
  help: () => void;
}

export function useGlobalKeys({ palette, help }: GlobalKeys): void {
  const navigate = useNavigate();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey)) {
        event.preventDefault();
        palette();
        return;
      }
      if (isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
      if (document.querySelector("dialog[open]")) return;
      if (event.key === "?") {
        event.preventDefault();
        help();
      } else if (event.key === "/") {
        event.preventDefault();
        const box = document.querySelector<HTMLInputElement>("input[data-search-box]");
        if (box) box.select();
        else navigate({ to: "/search" });
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });
}
