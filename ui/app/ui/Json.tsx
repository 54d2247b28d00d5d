// A JSON value as text, cut with a button when it is very long.
import { useState } from "react";
import { count } from "../lib/format";
import { CopyButton } from "./CopyButton";

const limit = 20_000;

export function Json({ value }: { value: unknown }) {
  const [whole, setWhole] = useState(false);
  const text = JSON.stringify(value, null, 2) ?? "null";
  const cut = !whole && text.length > limit;
  return (
    <div className="json">
      <div className="json-tools">
        <CopyButton text={text} />
        {cut ? (
          <button type="button" className="button small" onClick={() => setWhole(true)}>
            Show all {count(text.length)} characters
          </button>
        ) : null}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
      <pre tabIndex={0}>{cut ? `${text.slice(0, limit)}\n…` : text}</pre>
    </div>
  );
}

/** A JSON value that should be an object, as one. */
export function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
