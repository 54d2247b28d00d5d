// A card of the picture: a dataset, a job, or the stand-in for neighbours that are not drawn.
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { plural, shortNamespace, tail } from "../lib/format";
import { Icon } from "../ui/Icon";
import { StateDot } from "../ui/State";
import { useActions } from "./actions";
import { Columns } from "./Columns";
import type { CardNode } from "./flow";
import { SideHandle } from "./SideHandle";

export const Card = memo(function Card({ data }: NodeProps<CardNode>) {
  const { node, focus, selected, dimmed } = data;
  const actions = useActions();
  const kind = node.kind === "JOB" ? "job" : "dataset";
  const look = ["card", kind, focus && "focus", selected && "selected", dimmed && "dimmed"]
    .filter(Boolean)
    .join(" ");
  const tall = kind === "dataset";
  const end = tail(node.title);
  const head = node.title.slice(0, node.title.length - end.length).replace(/[./:]+$/, "");
  const namespace = <span className="card-namespace">{shortNamespace(node.namespace)}</span>;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same for the keyboard
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <div
      className={look}
      style={{ width: node.width, height: node.height }}
      data-testid="lineage-card"
      data-entity-name={node.title}
      data-entity-kind={kind}
      onClick={() => actions.select(node.id)}
      onDoubleClick={() => actions.reroot(node.id)}
    >
      <Ends />
      <button
        type="button"
        className="card-title"
        data-card={node.id}
        tabIndex={selected || focus ? 0 : -1}
        aria-label={describe(data)}
        title={`${node.title}\n${node.namespace}`}
      >
        <Icon name={kind} size={14} />
        <span className="card-name" style={{ fontSize: titleSize(end.length, node.width) }}>
          {end}
        </span>
        <StateDot state={node.status} />
      </button>
      {focus ? <span className="focus-mark">in focus</span> : null}
      <div className="card-line">
        {tall || !head ? null : namespace}
        {head ? (
          <span className="card-head" dir="rtl">
            <bdi dir="ltr">{head}</bdi>
          </span>
        ) : (
          namespace
        )}
        {node.columnCount > 0 && kind === "dataset" ? <ColumnsButton data={data} /> : null}
      </div>
      {tall ? (
        <div className="card-line">
          {head ? namespace : null}
          {node.tags.slice(0, 2).map((tag) => (
            <span key={tag} className="chip tag">
              # {tag}
            </span>
          ))}
        </div>
      ) : null}
      <Columns data={data} />
      <SideHandle data={data} side="UPSTREAM" />
      <SideHandle data={data} side="DOWNSTREAM" />
    </div>
  );
});

/** A long title is set smaller before it is cut. */
function titleSize(letters: number, width: number): number {
  const fitting = (width - 56) / (letters * 0.68);
  return Math.min(15, Math.max(11, Math.floor(fitting * 2) / 2));
}

function ColumnsButton({ data }: { data: CardNode["data"] }) {
  const { node, columnsOpen } = data;
  const actions = useActions();
  return (
    <button
      type="button"
      className={node.hasColumnLineage ? "card-columns with-lineage" : "card-columns"}
      data-testid="card-columns"
      tabIndex={-1}
      aria-expanded={columnsOpen}
      title={node.hasColumnLineage ? "Show the columns; their lineage is known" : "Show the columns"}
      onClick={(event) => {
        event.stopPropagation();
        actions.toggleColumns(node.id);
      }}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      {plural(node.columnCount, "col")} {columnsOpen ? "▴" : "▾"}
    </button>
  );
}

export const MoreCard = memo(function MoreCard({ data }: NodeProps<CardNode>) {
  const { node, dimmed, selected } = data;
  const actions = useActions();
  const up = node.direction === "UPSTREAM";
  const label = `Show all: ${node.count} more ${up ? "upstream" : "downstream"}`;
  return (
    <div
      className={`card more${dimmed ? " dimmed" : ""}${selected ? " selected" : ""}`}
      style={{ width: node.width, height: node.height }}
    >
      <Ends />
      <button
        type="button"
        data-card={node.id}
        tabIndex={selected ? 0 : -1}
        title={label}
        aria-label={label}
        onClick={() => node.anchor && actions.expandAll(node.anchor, up ? "UPSTREAM" : "DOWNSTREAM")}
      >
        {up ? "‹ " : ""}
        {node.count} more
        {up ? "" : " ›"}
      </button>
    </div>
  );
});

/** Invisible ends: React Flow draws no edge without them. */
function Ends() {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}

function describe({ node, focus }: CardNode["data"]): string {
  const parts = [
    node.title,
    node.kind === "JOB" ? "job" : "dataset",
    focus ? "in focus" : "",
    `in ${node.namespace}`,
  ];
  if (node.status) parts.push(`latest run ${node.status.toLowerCase()}`);
  if (node.hiddenUpstream) parts.push(`${node.hiddenUpstream} more upstream`);
  if (node.hiddenDownstream) parts.push(`${node.hiddenDownstream} more downstream`);
  return parts.filter(Boolean).join(", ");
}
