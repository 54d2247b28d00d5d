// Columns of datasets that are read, but that no reader used.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { paged } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { count, plural } from "../../lib/format";
import { Boundary } from "../../ui/Boundary";
import { LoadMore } from "../../ui/LoadMore";
import { ColumnLink, DatasetLink, NamespaceLink } from "../../ui/links";
import { Empty, Panel } from "../../ui/Panel";
import { DaysChoice, NamespaceChoice } from "./Filters";
import { type EstateParams, only, usualDays } from "./params";
import { windowWords } from "./words";

const DeadQuery = graphql(`
  query DeadColumns($days: Int!, $filter: LineageFilter, $at: DateTime, $after: String) {
    deadColumns(days: $days, at: $at, filter: $filter, first: 100, after: $after) {
      window { from to watchedSince covered }
      coveredDatasets totalCount
      edges { cursor node { column { id name type dataset { namespace name } } } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export function DeadColumns({ search }: { search: EstateParams }) {
  return (
    <Panel title="Columns that no reader used" lines={8}>
      <div className="change-form">
        <NamespaceChoice chosen={search.within} />
        <DaysChoice chosen={search.days} />
      </div>
      <Boundary key={`${search.within} ${search.days}`} lines={6}>
        <List search={search} />
      </Boundary>
    </Panel>
  );
}

function List({ search }: { search: EstateParams }) {
  const variables = {
    days: search.days ?? usualDays,
    filter: only(search.within),
    at: search.asof ?? null,
  };
  const pages = useSuspenseInfiniteQuery(paged(DeadQuery, variables, (page) => page.deadColumns.pageInfo));
  const columns = pages.data.pages.flatMap((page) => page.deadColumns.edges.map((edge) => edge.node.column));
  const first = pages.data.pages[0]?.deadColumns;
  if (!first) return null;
  const byDataset = Map.groupBy(columns, ({ dataset }) => JSON.stringify([dataset.namespace, dataset.name]));
  return (
    <>
      <p className={first.window.covered ? "muted" : "notice"} data-testid="evidence">
        {windowWords(first.window)} Only where every reader says which columns it uses can one be called
        unused: that is so of {plural(first.coveredDatasets, "dataset")}.
      </p>
      {columns.length === 0 ? (
        <Empty>No column is known to be unused.</Empty>
      ) : (
        <>
          <p className="muted" role="status">
            {plural(first.totalCount, "column")}
          </p>
          <ul className="rows">
            {[...byDataset].map(([key, all]) => {
              const dataset = all[0]?.dataset;
              return dataset ? (
                <li key={key} className="stacked" data-testid="dead-columns">
                  <div className="row-head">
                    <DatasetLink of={dataset} icon />
                    <NamespaceLink name={dataset.namespace} />
                    <span className="push muted">{count(all.length)} listed</span>
                  </div>
                  <div className="column-names">
                    {all.map((column) => (
                      <ColumnLink key={column.id} dataset={dataset} name={column.name}>
                        <code>{column.name}</code>
                      </ColumnLink>
                    ))}
                  </div>
                </li>
              ) : null;
            })}
          </ul>
        </>
      )}
      <LoadMore shown={columns.length} total={first.totalCount} query={pages} />
    </>
  );
}
