// The open columns of a card, each at the height where the server ends its edges.
import { useActions } from "./actions";
import type { CardData } from "./flow";

const rowHeight = 24;

export function Columns({ data }: { data: CardData }) {
  const actions = useActions();
  const { node, trace } = data;
  return node.columns.map((column) => {
    const look = ["card-column", trace === column.id && "chosen", trace && !column.traced && "dimmed"]
      .filter(Boolean)
      .join(" ");
    return (
      <button
        key={column.id}
        type="button"
        className={look}
        style={{ top: column.y - rowHeight / 2, height: rowHeight }}
        tabIndex={-1}
        aria-pressed={trace === column.id}
        title={`Trace ${column.name}${column.type ? ` (${column.type})` : ""}`}
        data-testid="lineage-column"
        onClick={(event) => {
          event.stopPropagation();
          actions.trace(trace === column.id ? undefined : column.id);
        }}
        onDoubleClick={(event) => event.stopPropagation()}
      >
        <span>{column.name}</span>
        {column.type ? <span className="muted">{column.type}</span> : null}
      </button>
    );
  });
}
