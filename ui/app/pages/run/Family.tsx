// The runs above, below and beside a run.
import { useSuspenseQuery } from "@tanstack/react-query";
import { query } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { plural } from "../../lib/format";
import { JobLink, RunLink } from "../../ui/links";
import { Empty } from "../../ui/Panel";
import { StateBadge } from "../../ui/State";
import type { RunKey } from "./params";

const relative = graphql(`
  fragment Relative on Run { id state job { namespace name } }
`);

const FamilyQuery = graphql(
  `
  query RunFamily($id: ID!, $jobns: String, $job: String) {
    run(id: $id, jobNamespace: $jobns, jobName: $job) {
      parent { ...Relative }
      root { ...Relative }
      children(first: 100) { totalCount edges { node { ...Relative } } }
      siblings { ...Relative }
    }
  }
`,
  [relative],
);

type Relative = ResultOf<typeof relative>;

export function Family({ of }: { of: RunKey }) {
  const { data } = useSuspenseQuery(query(FamilyQuery, { ...of }));
  const { run } = data;
  if (!run) return null;
  const children = run.children.edges.map((edge) => edge.node);
  const root = run.root && run.root.id !== run.parent?.id && run.root.id !== of.id ? run.root : null;
  if (!run.parent && !root && children.length === 0 && run.siblings.length === 0)
    return <Empty>No related runs.</Empty>;
  return (
    <>
      <Group title="Started by" runs={run.parent ? [run.parent] : []} />
      <Group title="Root" runs={root ? [root] : []} />
      <Group title={`Started ${plural(run.children.totalCount, "run")}`} runs={children} />
      <Group title="Shares its run id with" runs={run.siblings} />
    </>
  );
}

function Group({ title, runs }: { title: string; runs: readonly Relative[] }) {
  if (runs.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className="rows">
        {runs.map((run) => (
          <li key={`${run.id} ${run.job.namespace} ${run.job.name}`}>
            <StateBadge state={run.state} /> <RunLink run={run} /> <JobLink of={run.job} />
          </li>
        ))}
      </ul>
    </section>
  );
}
