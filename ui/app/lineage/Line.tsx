// An edge, drawn through the points the server computed.
import type { EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { arrowAt, type LineEdge, pathThrough } from "./flow";

const known = {
  EXPLICIT: "the producer says so",
  COLUMN_LINEAGE: "from column lineage",
  INFERRED: "inferred from the job's SQL",
  INPUTS_OUTPUTS: "from the inputs and outputs of a run",
} as const;

export const Line = memo(function Line({ data }: EdgeProps<LineEdge>) {
  if (!data) return null;
  const { edge, dimmed, strong } = data;
  const look = [
    "line",
    edge.direct ? "" : "indirect",
    edge.fromColumn || edge.toColumn ? "of-column" : "",
    dimmed && "dimmed",
    strong && "strong",
  ]
    .filter(Boolean)
    .join(" ");
  return (
    <g className={look}>
      <path d={pathThrough(edge.points)} className="line-path" />
      <path d={arrowAt(edge.points)} className="line-head" />
      <path d={pathThrough(edge.points)} className="line-hit">
        <title>{`${edge.direct ? "Direct" : "Indirect (filter, join, group or sort)"}${edge.basis ? `, ${known[edge.basis]}` : ""}`}</title>
      </path>
    </g>
  );
});
