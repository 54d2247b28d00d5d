// Details of the selected card, beside the picture and never over it.
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { query } from "../graphql/client";
import type { ResultOf } from "../graphql/tada";
import { duration, plural } from "../lib/format";
import { Boundary } from "../ui/Boundary";
import { Owners, Tags } from "../ui/Chips";
import { Icon } from "../ui/Icon";
import { NamespaceLink, RunLink } from "../ui/links";
import { Name } from "../ui/Name";
import { StateBadge } from "../ui/State";
import { Time } from "../ui/Time";
import { useActions } from "./actions";
import { EntityQuery } from "./entity";
import type { SceneNode } from "./scene";

type Entity = NonNullable<ResultOf<typeof EntityQuery>["node"]>;
type Dataset = Extract<Entity, { __typename: "Dataset" }>;
type Job = Extract<Entity, { __typename: "Job" }>;

interface SidePanelProps {
  node: SceneNode;
  focus: boolean;
  /** Shown without being asked for: small screens leave it out. */
  implicit: boolean;
  trace: string | undefined;
}

export function SidePanel({ node, focus, implicit, trace }: SidePanelProps) {
  const actions = useActions();
  return (
    <aside className="side-panel" aria-label="Selected card" data-implicit={implicit || undefined}>
      <header>
        <h2>
          <Name of={node.title} />
        </h2>
        <button
          type="button"
          className="icon-button"
          aria-label="Close the panel"
          onClick={actions.closePanel}
        >
          <Icon name="close" />
        </button>
      </header>
      <Boundary key={node.id} lines={6}>
        <Details node={node} trace={trace} />
      </Boundary>
      <div className="side-actions">
        {focus ? null : (
          <button type="button" className="button" onClick={() => actions.reroot(node.id)}>
            <Icon name="target" size={14} /> Focus on it
          </button>
        )}
        {node.hiddenUpstream ? (
          <button type="button" className="button" onClick={() => actions.expandAll(node.id, "UPSTREAM")}>
            ‹ All {node.hiddenUpstream} upstream
          </button>
        ) : null}
        {node.hiddenDownstream ? (
          <button type="button" className="button" onClick={() => actions.expandAll(node.id, "DOWNSTREAM")}>
            All {node.hiddenDownstream} downstream ›
          </button>
        ) : null}
      </div>
    </aside>
  );
}

function Details({ node, trace }: { node: SceneNode; trace: string | undefined }) {
  const { data } = useSuspenseQuery(query(EntityQuery, { id: node.id }));
  if (data.node?.__typename === "Dataset") return <DatasetDetails dataset={data.node} trace={trace} />;
  if (data.node?.__typename === "Job") return <JobDetails job={data.node} />;
  return <p className="empty">It is no longer in the catalog.</p>;
}

/** More columns than this are left to the schema tab. */
const most = 200;

function DatasetDetails({ dataset, trace }: { dataset: Dataset; trace: string | undefined }) {
  const actions = useActions();
  return (
    <>
      <p className="muted">
        Dataset in <NamespaceLink name={dataset.namespace} />
      </p>
      <p>
        <Link
          className="button primary"
          data-testid="open-focus"
          to="/datasets/$ns/$name"
          params={{ ns: dataset.namespace, name: dataset.name }}
        >
          <Icon name="open" size={14} /> Open its page
        </Link>
      </p>
      {dataset.description ? <p className="clamp">{dataset.description}</p> : null}
      <p>
        Last written <Time at={dataset.lastWrittenAt} />
      </p>
      <Tags tags={dataset.tags} />
      <Owners owners={dataset.owners} />
      {dataset.columns.length ? (
        <details open={dataset.columns.length <= 30}>
          <summary>{plural(dataset.columnCount, "column")} (click one to trace it)</summary>
          <ul className="side-columns">
            {dataset.columns.slice(0, most).map((column) => (
              <li key={column.id}>
                <button
                  type="button"
                  aria-pressed={trace === column.id}
                  onClick={() => actions.trace(trace === column.id ? undefined : column.id)}
                  title={`from ${column.upstreamCount}, feeds ${column.downstreamCount}`}
                >
                  <span>{column.name}</span>
                  <span className="muted">{column.type}</span>
                </button>
              </li>
            ))}
          </ul>
          {dataset.columns.length > most ? (
            <p className="muted">Its page lists the other {dataset.columns.length - most}.</p>
          ) : null}
        </details>
      ) : null}
    </>
  );
}

function JobDetails({ job }: { job: Job }) {
  return (
    <>
      <p className="muted">
        Job in <NamespaceLink name={job.namespace} />
      </p>
      <p>
        <Link
          className="button primary"
          data-testid="open-focus"
          to="/jobs/$ns/$name"
          params={{ ns: job.namespace, name: job.name }}
        >
          <Icon name="open" size={14} /> Open its page
        </Link>
      </p>
      {job.description ? <p className="clamp">{job.description}</p> : null}
      {job.latestRun ? (
        <p>
          <RunLink run={job.latestRun}>
            <StateBadge state={job.latestRun.state} />
          </RunLink>{" "}
          <Time at={job.latestRun.lastEventAt} />
          {job.latestRun.durationMs === null ? "" : `, took ${duration(job.latestRun.durationMs)}`}
        </p>
      ) : null}
      <Tags tags={job.tags} />
      <Owners owners={job.owners} />
    </>
  );
}
