// Datasets and jobs that others cannot do without, those with the most that hang on them first.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { paged } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { count, plural } from "../../lib/format";
import { Boundary } from "../../ui/Boundary";
import { LoadMore } from "../../ui/LoadMore";
import { DatasetLink, JobLink, NamespaceLink } from "../../ui/links";
import { Empty, Panel } from "../../ui/Panel";
import { useSearchPatch } from "../../ui/useSearchPatch";
import { Kinds, NamespaceChoice } from "./Filters";
import { type EstateParams, only, pointKinds } from "./params";

const PointsQuery = graphql(`
  query SinglePoints(
    $kinds: [SinglePointKind!]!, $least: Int!, $filter: LineageFilter, $asOf: DateTime, $after: String
  ) {
    singlePointsOfFailure(
      kinds: $kinds, minDominated: $least, filter: $filter, asOf: $asOf, first: 20, after: $after
    ) {
      totalCount
      edges {
        cursor
        node {
          dominatedCount dominatedJobCount downstreamCount
          node { __typename ... on Dataset { namespace name } ... on Job { namespace name } }
          dominated(first: 10) { edges { node { namespace name } } }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

const usual = ["DATASET"] as const;

type Point = ResultOf<typeof PointsQuery>["singlePointsOfFailure"]["edges"][number]["node"];

export function SinglePoints({ search }: { search: EstateParams }) {
  const patch = useSearchPatch<EstateParams>();
  return (
    <Panel title="Single points of failure" lines={8}>
      <p className="prose">
        Every way from any source to what hangs on such a dataset or job leads through it: if it fails,
        nothing else can stand in.
      </p>
      <div className="change-form">
        <NamespaceChoice chosen={search.within} />
        <Kinds
          label="What fails"
          all={pointKinds}
          chosen={search.kind ?? usual}
          word={(kind) => (kind === "JOB" ? "jobs" : "datasets")}
          onChange={(kind) => patch({ kind })}
        />
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
      <Boundary key={`${search.within} ${search.kind} ${search.least}`} lines={6}>
        <List search={search} />
      </Boundary>
    </Panel>
  );
}

function List({ search }: { search: EstateParams }) {
  const variables = {
    kinds: [...(search.kind ?? usual)],
    least: search.least ?? 1,
    filter: only(search.within),
    asOf: search.asof ?? null,
  };
  const pages = useSuspenseInfiniteQuery(
    paged(PointsQuery, variables, (page) => page.singlePointsOfFailure.pageInfo),
  );
  const edges = pages.data.pages.flatMap((page) => page.singlePointsOfFailure.edges);
  const total = pages.data.pages[0]?.singlePointsOfFailure.totalCount ?? 0;
  if (edges.length === 0) return <Empty>Nothing is the only way to so many others.</Empty>;
  return (
    <>
      <p className="muted" role="status">
        {count(total)} in all, those with the most that hang on them first
      </p>
      <table className="stacking">
        <thead>
          <tr>
            <th scope="col">If this fails</th>
            <th scope="col">Hang on it alone</th>
            <th scope="col" className="number">
              All downstream
            </th>
          </tr>
        </thead>
        <tbody>
          {edges.map(({ cursor, node }) => (
            <Row key={cursor} of={node} asof={search.asof} />
          ))}
        </tbody>
      </table>
      <LoadMore shown={edges.length} total={total} query={pages} />
    </>
  );
}

function Row({ of, asof }: { of: Point; asof: string | undefined }) {
  const { node } = of;
  // Columns and groups are no part of such an answer.
  if (node.__typename !== "Dataset" && node.__typename !== "Job") return null;
  const some = of.dominated.edges.map((edge) => edge.node);
  const rest = of.dominatedCount - some.length;
  return (
    <tr data-testid="single-point">
      <td className="wide">
        {node.__typename === "Job" ? <JobLink of={node} icon /> : <DatasetLink of={node} icon />}{" "}
        <NamespaceLink name={node.namespace} />
      </td>
      <td className="wide">
        <details>
          <summary>
            {plural(of.dominatedCount, "dataset")}
            {of.dominatedJobCount ? ` and ${plural(of.dominatedJobCount, "job")}` : ""}
            <span className="visually-hidden"> that hang on {node.name}</span>
          </summary>
          <ul className="rows">
            {some.map((one) => (
              <li key={`${one.namespace} ${one.name}`}>
                <DatasetLink of={one} />
              </li>
            ))}
          </ul>
          {rest > 0 ? <p className="muted">and {plural(rest, "dataset")} more</p> : null}
        </details>
      </td>
      <td className="number">
        <Link
          to={node.__typename === "Job" ? "/jobs/$ns/$name" : "/datasets/$ns/$name"}
          params={{ ns: node.namespace, name: node.name }}
          search={{ tab: "impact", asof }}
          title={`What breaks without ${node.name}`}
        >
          {count(of.downstreamCount)}
          <span className="stacked-only"> downstream in all</span>
        </Link>
      </td>
    </tr>
  );
}
