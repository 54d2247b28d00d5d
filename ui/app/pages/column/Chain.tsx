// One direction of a column's lineage, step by step, with how each value was made.
import { useSuspenseQuery } from "@tanstack/react-query";
import { query } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { cutBecause } from "../../lib/cut";
import { plural } from "../../lib/format";
import { ColumnLink, DatasetLink, JobLink } from "../../ui/links";
import { Empty } from "../../ui/Panel";

const ChainQuery = graphql(`
  query ColumnChain($ns: String!, $dataset: String!, $name: String!, $direction: LineageDirection!) {
    column(namespace: $ns, dataset: $dataset, name: $name) {
      lineage(direction: $direction) {
        start complete truncatedBecause incompleteReason
        nodes {
          distance masked
          outcomes { influence masked }
          node {
            __typename
            ... on Column { id name dataset { namespace name } }
            ... on Dataset { id namespace name }
          }
        }
        edges {
          from to columnLevel
          job { namespace name }
          transformations { type subtype description masking }
        }
      }
    }
  }
`);

type Lineage = NonNullable<ResultOf<typeof ChainQuery>["column"]>["lineage"];
type Edge = Lineage["edges"][number];
type LineageNode = Lineage["nodes"][number];
/** A column answer holds columns, and datasets where only the table is known. */
type Stop = LineageNode & { node: Extract<LineageNode["node"], { __typename: "Column" | "Dataset" }> };

const isStop = (one: LineageNode): one is Stop =>
  one.node.__typename === "Column" || one.node.__typename === "Dataset";

interface ChainProps {
  of: { ns: string; dataset: string; name: string };
  direction: "UPSTREAM" | "DOWNSTREAM";
}

export function Chain({ of, direction }: ChainProps) {
  const { data } = useSuspenseQuery(query(ChainQuery, { ...of, direction }));
  const lineage = data.column?.lineage;
  const up = direction === "UPSTREAM";
  const others = lineage?.nodes.filter(isStop).filter(({ node }) => node.id !== lineage.start) ?? [];
  if (!lineage || others.length === 0) {
    return (
      <Empty>
        {up
          ? "No event says where it comes from: an origin, or a producer without column lineage."
          : "Nothing known reads it."}
      </Empty>
    );
  }
  const steps = Map.groupBy(others, ({ distance }) => distance);
  return (
    <>
      <p className="muted">{plural(others.length, "column or dataset", "columns and datasets")} in all</p>
      {[...steps.entries()]
        .sort(([a], [b]) => a - b)
        .map(([distance, nodes]) => (
          <section key={distance} className="chain-step">
            <h3>
              {plural(distance, "step")} {up ? "up" : "down"}
            </h3>
            <ul className="rows">
              {nodes.map(({ node, outcomes, masked }) => (
                <li key={node.id} className="stacked">
                  <div className="row-head">
                    {node.__typename === "Column" ? (
                      <>
                        <ColumnLink dataset={node.dataset} name={node.name}>
                          <code>{node.name}</code>
                        </ColumnLink>
                        <span className="muted">
                          in <DatasetLink of={node.dataset} />
                        </span>
                      </>
                    ) : (
                      <>
                        <DatasetLink of={node} icon />
                        <span className="muted">the whole dataset</span>
                      </>
                    )}
                  </div>
                  {distance > 1 ? <Way outcomes={outcomes} masked={masked} up={up} /> : null}
                  {distinct(lineage.edges.filter((edge) => (up ? edge.from : edge.to) === node.id)).map(
                    ({ key, edge, times }) => (
                      <How key={key} edge={edge} times={times} />
                    ),
                  )}
                </li>
              ))}
            </ul>
          </section>
        ))}
      {cutBecause(lineage) ? (
        <p className="truncated">Not everything is listed: {cutBecause(lineage)}.</p>
      ) : null}
    </>
  );
}

/** What all steps together do to the value. */
function Way({ outcomes, masked, up }: { outcomes: Stop["outcomes"]; masked: boolean; up: boolean }) {
  const words = [...new Set(outcomes.map(({ influence }) => influence.toLowerCase().replaceAll("_", " ")))];
  return (
    <div className="how">
      <span className="muted">all the way {up ? "from here" : "to here"}:</span>
      {words.map((word) => (
        <span key={word} className="badge">
          {word === "table" ? "table level" : word}
        </span>
      ))}
      {masked ? <span className="badge tone-warn">◐ masked on every way</span> : null}
    </div>
  );
}

/** Edges that say the same are one line with a number. */
function distinct(edges: readonly Edge[]) {
  const found = new Map<string, { key: string; edge: Edge; times: number }>();
  for (const edge of edges) {
    const key = JSON.stringify([edge.job, edge.transformations, edge.columnLevel]);
    const known = found.get(key);
    if (known) known.times += 1;
    else found.set(key, { key, edge, times: 1 });
  }
  return [...found.values()];
}

function How({ edge, times }: { edge: Edge; times: number }) {
  return (
    <div className="how">
      {edge.transformations.map((step) => (
        <span
          key={`${step.type} ${step.subtype} ${step.description}`}
          className={`badge ${step.type === "INDIRECT" ? "dashed" : "tone-busy"}`}
          title={step.description ?? undefined}
        >
          {step.type?.toLowerCase() ?? "unknown"}
          {step.subtype ? ` · ${step.subtype.toLowerCase().replaceAll("_", " ")}` : ""}
        </span>
      ))}
      {edge.transformations.some((step) => step.masking) ? (
        <span className="badge tone-warn">◐ masked</span>
      ) : null}
      {edge.columnLevel ? null : (
        <span className="badge tone-warn" title="No column lineage was sent for this step">
          ! table level only
        </span>
      )}
      {edge.job ? (
        <span className="muted">
          by <JobLink of={edge.job} />
        </span>
      ) : null}
      {times > 1 ? <span className="muted">in {times} ways</span> : null}
    </div>
  );
}
