// Copies a text and says that it did.
import { useEffect, useState } from "react";
import { Icon } from "./Icon";

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [done, setDone] = useState<"" | "Copied" | "Copying is blocked">("");
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(""), 2000);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = () => {
    // The clipboard exists only on https and localhost.
    const writing = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
    writing.then(
      () => setDone("Copied"),
      () => setDone("Copying is blocked"),
    );
  };
  return (
    <button type="button" className="button small" onClick={copy}>
      <Icon name="copy" size={14} /> <span aria-live="polite">{done || label}</span>
    </button>
  );
}
