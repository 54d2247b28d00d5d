// Datasets that are stale, the longest overdue first, and the plan that makes them good.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { paged } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { duration, plural } from "../../lib/format";
import { Boundary } from "../../ui/Boundary";
import { LoadMore } from "../../ui/LoadMore";
import { DatasetLink, NamespaceLink, RunLink } from "../../ui/links";
import { Empty, Panel } from "../../ui/Panel";
import { StateBadge } from "../../ui/State";
import { Time } from "../../ui/Time";
import { useSearchPatch } from "../../ui/useSearchPatch";
import { FreshnessBadge } from "../freshness/FreshnessBadge";
import { Plan } from "../freshness/Plan";
import { freshnessLook } from "../freshness/words";
import { Kinds, NamespaceChoice } from "./Filters";
import { type EstateParams, only, staleStates } from "./params";

const StaleQuery = graphql(`
  query StaleDatasets($states: [FreshnessState!]!, $filter: LineageFilter, $asOf: DateTime, $after: String) {
    staleDatasets(states: $states, filter: $filter, asOf: $asOf, first: 50, after: $after) {
      totalCount
      edges {
        cursor
        node {
          state reason lagMs
          dataset { namespace name }
          lastWrite { at }
          newestAttempt { id state job { namespace name } }
          chain { dataset { namespace name } }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

type Stale = ResultOf<typeof StaleQuery>["staleDatasets"]["edges"][number]["node"];

/** What needs a rerun; what nobody can tell is asked for. */
const usual = ["STALE", "BEHIND"] as const;

export function StaleDatasets({ search }: { search: EstateParams }) {
  const patch = useSearchPatch<EstateParams>();
  return (
    <>
      <Panel title="Stale datasets" lines={8}>
        <div className="change-form">
          <NamespaceChoice chosen={search.within} />
          <Kinds
            label="How fresh"
            all={staleStates}
            chosen={search.state ?? usual}
            word={(state) => freshnessLook(state).label}
            onChange={(state) => patch({ state })}
          />
        </div>
        <Boundary key={`${search.within} ${search.state}`} lines={6}>
          <List search={search} />
        </Boundary>
      </Panel>
      <Panel title="What to rerun to make all of them good" lines={4}>
        {search.plan ? (
          <Plan of={{ asOf: search.asof ?? null }} />
        ) : (
          <button type="button" className="button" onClick={() => patch({ plan: true })}>
            Show the plan
          </button>
        )}
      </Panel>
    </>
  );
}

function List({ search }: { search: EstateParams }) {
  const variables = {
    states: [...(search.state ?? usual)],
    filter: only(search.within),
    asOf: search.asof ?? null,
  };
  const pages = useSuspenseInfiniteQuery(paged(StaleQuery, variables, (page) => page.staleDatasets.pageInfo));
  const edges = pages.data.pages.flatMap((page) => page.staleDatasets.edges);
  const total = pages.data.pages[0]?.staleDatasets.totalCount ?? 0;
  if (edges.length === 0)
    return (
      <Empty>
        {search.state
          ? "No dataset is in this state."
          : "Nothing is stale: no input is known to be newer than what was made from it."}
      </Empty>
    );
  return (
    <>
      <p className="muted" role="status">
        {plural(total, "dataset")}, the longest overdue first
      </p>
      <table className="stacking">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Dataset</th>
            <th scope="col">Last good write</th>
            <th scope="col">Overdue by</th>
            <th scope="col">Because of</th>
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

function Row({ of, asof }: { of: Stale; asof: string | undefined }) {
  const { dataset, newestAttempt: attempt } = of;
  const first = of.chain[0]?.dataset;
  return (
    <tr data-testid="stale-row">
      <td>
        <FreshnessBadge state={of.state} />
      </td>
      <td className="wide">
        <Link
          className="entity"
          to="/datasets/$ns/$name"
          params={{ ns: dataset.namespace, name: dataset.name }}
          search={{ tab: "freshness", asof }}
        >
          {dataset.name}
        </Link>{" "}
        <NamespaceLink name={dataset.namespace} />
      </td>
      <td>
        <span className="stacked-only">last good write </span>
        <Time at={of.lastWrite?.at} />
        {attempt && attempt.state !== "COMPLETE" ? (
          <>
            {" "}
            <RunLink run={attempt}>
              <StateBadge state={attempt.state} />
            </RunLink>
          </>
        ) : null}
      </td>
      <td className={of.lagMs === null ? "muted none" : ""}>
        {of.lagMs === null ? (
          "–"
        ) : (
          <>
            <span className="stacked-only">overdue by </span>
            {duration(of.lagMs)}
          </>
        )}
      </td>
      <td className="wide">
        {first ? (
          <>
            <span className="stacked-only">because of </span>
            <DatasetLink of={first} />
          </>
        ) : (
          <span className="muted">{of.reason}</span>
        )}
      </td>
    </tr>
  );
}
