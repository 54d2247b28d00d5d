// "‹ 12" and "34 ›": opens the neighbours of a card on one side, or closes what was opened.
import { plural } from "../lib/format";
import { useActions } from "./actions";
import type { CardData } from "./flow";
import type { Side } from "./params";

export function SideHandle({ data, side }: { data: CardData; side: Side }) {
  const actions = useActions();
  const up = side === "UPSTREAM";
  const hidden = up ? data.node.hiddenUpstream : data.node.hiddenDownstream;
  const open = up ? data.upOpen : data.downOpen;
  if (hidden === 0 && !open) return null;
  const word = up ? "upstream" : "downstream";
  const label = open ? `Close what was opened ${word}` : `Show ${plural(hidden, "neighbour")} ${word}`;
  return (
    <button
      type="button"
      className={`side-handle ${word}`}
      data-testid={`expand-${word}`}
      tabIndex={-1}
      title={`${label}${open ? "" : " (Shift: all)"}`}
      aria-label={label}
      aria-expanded={open}
      onClick={(event) => {
        event.stopPropagation();
        if (event.shiftKey && !open) actions.expandAll(data.node.id, side);
        else actions.toggleSide(data.node.id, side);
      }}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      {up ? "‹ " : ""}
      {open ? "−" : hidden}
      {up ? "" : " ›"}
    </button>
  );
}
