// Finds cards of the picture by name; Enter walks over the matches.
import { type KeyboardEvent, useState } from "react";
import { useActions } from "./actions";
import type { Scene } from "./scene";

export function Find({ scene }: { scene: Scene }) {
  const { select } = useActions();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const needle = text.trim().toLowerCase();
  const found = needle
    ? scene.nodes.filter(
        (node) =>
          node.kind !== "MORE" &&
          (node.title.toLowerCase().includes(needle) ||
            node.columns.some((column) => column.name.toLowerCase().includes(needle))),
      )
    : [];
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Escape") {
      setText("");
      event.currentTarget.blur();
    }
    const match = found[at % Math.max(1, found.length)];
    if (event.key !== "Enter" || !match) return;
    select(match.id);
    setAt(at + 1);
  };
  return (
    <label className="find">
      <span className="visually-hidden">Find in the picture</span>
      <input
        type="search"
        data-find
        placeholder="Find in picture"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <span className="muted" role="status">
        {needle ? `${found.length} found` : ""}
      </span>
    </label>
  );
}
