// The runs of a job, filtered by state, page by page.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { paged } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { plural } from "../../lib/format";
import { type RunState, runStates, stateLook } from "../../lib/run-state";
import { toggled } from "../../lib/search-params";
import { LoadMore } from "../../ui/LoadMore";
import { Empty, Panel } from "../../ui/Panel";
import { RunTable, runRow } from "../../ui/RunTable";

const RunsQuery = graphql(
  `
  query JobRuns($ns: String!, $name: String!, $states: [RunState!], $after: String) {
    job(namespace: $ns, name: $name) {
      runs(states: $states, first: 50, after: $after) {
        totalCount
        edges { node { ...RunRow } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`,
  [runRow],
);

interface JobRunsProps {
  of: { namespace: string; name: string };
}

export function JobRuns({ of }: JobRunsProps) {
  const { state } = useSearch({ from: "/jobs/$ns/$name" });
  return (
    <Panel title="Runs" actions={<StateFilter chosen={state} />} lines={8}>
      <Table of={of} states={state} />
    </Panel>
  );
}

function StateFilter({ chosen }: { chosen: RunState[] | undefined }) {
  return (
    <nav className="chips" aria-label="Filter by state">
      {runStates.map((state) => (
        <Link
          key={state}
          from="/jobs/$ns/$name"
          to="."
          search={(old) => ({ ...old, state: toggled(old.state, state) as RunState[] | undefined })}
          className={chosen?.includes(state) ? "chip chosen" : "chip"}
          aria-current={chosen?.includes(state) ? "true" : undefined}
        >
          {stateLook(state).glyph} {stateLook(state).label}
        </Link>
      ))}
    </nav>
  );
}

function Table({ of, states }: JobRunsProps & { states: RunState[] | undefined }) {
  const variables = { ns: of.namespace, name: of.name, states };
  const pages = useSuspenseInfiniteQuery(paged(RunsQuery, variables, (page) => page.job?.runs.pageInfo));
  const runs = pages.data.pages.flatMap((page) => page.job?.runs.edges.map((edge) => edge.node) ?? []);
  const total = pages.data.pages[0]?.job?.runs.totalCount ?? 0;
  if (runs.length === 0) return <Empty>{states ? "No run is in this state." : "It has not run yet."}</Empty>;
  return (
    <>
      <p className="muted">{plural(total, "run")}</p>
      <RunTable runs={runs} showJob={false} />
      <LoadMore shown={runs.length} total={total} query={pages} />
    </>
  );
}
