// Datasets that others cannot do without, those with the most that hang on them first.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { paged } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { count, plural } from "../../lib/format";
import { Boundary } from "../../ui/Boundary";
import { LoadMore } from "../../ui/LoadMore";
import { DatasetLink, NamespaceLink } from "../../ui/links";
import { Empty, Panel } from "../../ui/Panel";
import { useSearchPatch } from "../../ui/useSearchPatch";
import { NamespaceChoice } from "./Filters";
import { type EstateParams, only } from "./params";

const PointsQuery = graphql(`
  query SinglePoints($least: Int!, $filter: LineageFilter, $after: String) {
    singlePointsOfFailure(minDominated: $least, filter: $filter, first: 20, after: $after) {
      totalCount
      edges {
        cursor
        node {
          dominatedCount downstreamCount
          dataset { namespace name }
          dominated(first: 10) { edges { node { namespace name } } }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

type Point = ResultOf<typeof PointsQuery>["singlePointsOfFailure"]["edges"][number]["node"];

export function SinglePoints({ search }: { search: EstateParams }) {
  const patch = useSearchPatch<EstateParams>();
  return (
    <Panel title="Single points of failure" lines={8}>
      <p className="prose">
        Every way from any source to what hangs on such a dataset leads through it: if it fails, nothing else
        can stand in.
      </p>
      <div className="change-form">
        <NamespaceChoice chosen={search.within} />
        <label>
          <span>At least so many hang on it</span>
          <select
            className="field narrow"
            value={search.least ?? 1}
            onChange={(event) => patch({ least: Number(event.target.value) })}
          >
            {[...new Set([1, 2, 5, 10, 100, search.least ?? 1])]
              .sort((a, b) => a - b)
              .map((least) => (
                <option key={least} value={least}>
                  {count(least)}
                </option>
              ))}
          </select>
        </label>
      </div>
      <Boundary key={`${search.within} ${search.least}`} lines={6}>
        <List search={search} />
      </Boundary>
    </Panel>
  );
}

function List({ search }: { search: EstateParams }) {
  const variables = { least: search.least ?? 1, filter: only(search.within) };
  const pages = useSuspenseInfiniteQuery(
    paged(PointsQuery, variables, (page) => page.singlePointsOfFailure.pageInfo),
  );
  const edges = pages.data.pages.flatMap((page) => page.singlePointsOfFailure.edges);
  const total = pages.data.pages[0]?.singlePointsOfFailure.totalCount ?? 0;
  if (edges.length === 0) return <Empty>No dataset is the only way to so many others.</Empty>;
  return (
    <>
      <p className="muted" role="status">
        {plural(total, "dataset")}, those with the most that hang on them first
      </p>
      <table className="stacking">
        <thead>
          <tr>
            <th scope="col">Dataset</th>
            <th scope="col">Hang on it alone</th>
            <th scope="col" className="number">
              All downstream
            </th>
          </tr>
        </thead>
        <tbody>
          {edges.map(({ cursor, node }) => (
            <Row key={cursor} of={node} />
          ))}
        </tbody>
      </table>
      <LoadMore shown={edges.length} total={total} query={pages} />
    </>
  );
}

function Row({ of }: { of: Point }) {
  const { dataset } = of;
  const some = of.dominated.edges.map((edge) => edge.node);
  const rest = of.dominatedCount - some.length;
  return (
    <tr data-testid="single-point">
      <td className="wide">
        <DatasetLink of={dataset} /> <NamespaceLink name={dataset.namespace} />
      </td>
      <td className="wide">
        <details>
          <summary>
            {plural(of.dominatedCount, "dataset")}
            <span className="visually-hidden"> that hang on {dataset.name}</span>
          </summary>
          <ul className="rows">
            {some.map((one) => (
              <li key={`${one.namespace} ${one.name}`}>
                <DatasetLink of={one} />
              </li>
            ))}
          </ul>
          {rest > 0 ? <p className="muted">and {count(rest)} more</p> : null}
        </details>
      </td>
      <td className="number">
        <Link
          to="/datasets/$ns/$name"
          params={{ ns: dataset.namespace, name: dataset.name }}
          search={{ tab: "impact" }}
          title={`What breaks without ${dataset.name}`}
        >
          {count(of.downstreamCount)}
          <span className="stacked-only"> downstream in all</span>
        </Link>
      </td>
    </tr>
  );
}
