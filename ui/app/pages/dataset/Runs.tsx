// The runs that wrote or read a dataset.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { paged } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { bytes, count } from "../../lib/format";
import { LoadMore } from "../../ui/LoadMore";
import { JobLink, RunLink } from "../../ui/links";
import { Empty, Panel } from "../../ui/Panel";
import { Opening } from "../../ui/RunTable";
import { StateBadge } from "../../ui/State";
import { Time } from "../../ui/Time";

const RunsQuery = graphql(`
  query DatasetRuns($ns: String!, $name: String!, $after: String) {
    dataset(namespace: $ns, name: $name) {
      runs(first: 50, after: $after) {
        totalCount
        edges { role rowCount bytes node { id state startedAt lastEventAt job { namespace name } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

export function Runs({ of }: { of: { namespace: string; name: string } }) {
  return (
    <Panel title="Runs" lines={8}>
      <Table of={of} />
    </Panel>
  );
}

function Table({ of }: { of: { namespace: string; name: string } }) {
  const pages = useSuspenseInfiniteQuery(
    paged(RunsQuery, { ns: of.namespace, name: of.name }, (page) => page.dataset?.runs.pageInfo),
  );
  const edges = pages.data.pages.flatMap((page) => page.dataset?.runs.edges ?? []);
  if (edges.length === 0) return <Empty>No run has touched it.</Empty>;
  return (
    <>
      <div className="table-box">
        <table>
          <thead>
            <tr>
              <th>State</th>
              <th>Role</th>
              <th>Job</th>
              <th>Run</th>
              <th>Started</th>
              <th className="number">Rows</th>
              <th className="number">Bytes</th>
            </tr>
          </thead>
          <tbody>
            {edges.map(({ node, role, rowCount, bytes: size }) => (
              <Opening key={`${node.id} ${node.job.namespace} ${node.job.name} ${role}`} run={node}>
                <td>
                  <StateBadge state={node.state} />
                </td>
                <td>{role === "PRODUCER" ? "wrote" : "read"}</td>
                <td className="wide">
                  <JobLink of={node.job} />
                </td>
                <td>
                  <RunLink run={node} />
                </td>
                <td>
                  <Time at={node.startedAt ?? node.lastEventAt} />
                </td>
                <td className="number">{rowCount === null ? "–" : count(rowCount)}</td>
                <td className="number">{size === null ? "–" : bytes(size)}</td>
              </Opening>
            ))}
          </tbody>
        </table>
      </div>
      <LoadMore
        shown={edges.length}
        total={pages.data.pages[0]?.dataset?.runs.totalCount ?? 0}
        query={pages}
      />
    </>
  );
}
