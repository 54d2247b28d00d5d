// The datasets and the jobs of one namespace.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { paged } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { plural } from "../../lib/format";
import { LoadMore } from "../../ui/LoadMore";
import { DatasetLink, JobLink } from "../../ui/links";
import { Empty, Panel } from "../../ui/Panel";
import { StateDot } from "../../ui/State";
import { Time } from "../../ui/Time";

const DatasetsQuery = graphql(`
  query NamespaceDatasets($ns: String!, $after: String) {
    datasets(namespace: $ns, first: 50, after: $after) {
      totalCount
      edges { node { namespace name columnCount lastWrittenAt } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

const JobsQuery = graphql(`
  query NamespaceJobs($ns: String!, $after: String) {
    jobs(namespace: $ns, first: 50, after: $after) {
      totalCount
      edges { node { namespace name latestRun { state lastEventAt } } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export function NamespacePage() {
  const { ns } = useParams({ from: "/browse/$ns" });
  return (
    <div className="page">
      <title>{`${ns} · Headwater`}</title>
      <p className="crumbs">
        <Link to="/browse">Namespaces</Link>
      </p>
      <h1>{ns}</h1>
      <div className="columns-2">
        <Panel title="Datasets" lines={8}>
          <Datasets ns={ns} />
        </Panel>
        <Panel title="Jobs" lines={8}>
          <Jobs ns={ns} />
        </Panel>
      </div>
    </div>
  );
}

function Datasets({ ns }: { ns: string }) {
  const pages = useSuspenseInfiniteQuery(paged(DatasetsQuery, { ns }, (page) => page.datasets.pageInfo));
  const all = pages.data.pages.flatMap((page) => page.datasets.edges);
  const total = pages.data.pages[0]?.datasets.totalCount ?? 0;
  if (total === 0) return <Empty>No datasets here.</Empty>;
  return (
    <>
      <p className="muted">{plural(total, "dataset")}</p>
      <ul className="rows">
        {all.map(({ node }) => (
          <li key={node.name}>
            <DatasetLink of={node} icon />
            <span className="push muted">
              {node.columnCount ? plural(node.columnCount, "column") : "columns unknown"}
              {node.lastWrittenAt ? (
                <>
                  , written <Time at={node.lastWrittenAt} />
                </>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
      <LoadMore shown={all.length} total={total} query={pages} />
    </>
  );
}

function Jobs({ ns }: { ns: string }) {
  const pages = useSuspenseInfiniteQuery(paged(JobsQuery, { ns }, (page) => page.jobs.pageInfo));
  const all = pages.data.pages.flatMap((page) => page.jobs.edges);
  const total = pages.data.pages[0]?.jobs.totalCount ?? 0;
  if (total === 0) return <Empty>No jobs here.</Empty>;
  return (
    <>
      <p className="muted">{plural(total, "job")}</p>
      <ul className="rows">
        {all.map(({ node }) => (
          <li key={node.name}>
            <JobLink of={node} icon />
            <span className="push muted">
              <StateDot state={node.latestRun?.state ?? null} /> <Time at={node.latestRun?.lastEventAt} />
            </span>
          </li>
        ))}
      </ul>
      <LoadMore shown={all.length} total={total} query={pages} />
    </>
  );
}
