// Datasets that nobody has read for so many days, with the evidence window.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { paged } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { plural } from "../../lib/format";
import { Boundary } from "../../ui/Boundary";
import { LoadMore } from "../../ui/LoadMore";
import { DatasetLink, NamespaceLink } from "../../ui/links";
import { Empty, Panel } from "../../ui/Panel";
import { Time } from "../../ui/Time";
import { useSearchPatch } from "../../ui/useSearchPatch";
import { DaysChoice, Kinds, NamespaceChoice } from "./Filters";
import { datasetUsages, type EstateParams, only, usualDays } from "./params";
import { usageLook, windowWords } from "./words";

const DeadQuery = graphql(`
  query DeadDatasets($days: Int!, $usages: [DatasetUsage!]!, $filter: LineageFilter, $at: DateTime, $after: String) {
    deadDatasets(days: $days, at: $at, usages: $usages, filter: $filter, first: 50, after: $after) {
      window { from to watchedSince covered }
      totalCount
      edges { cursor node { usage lastReadAt dataset { namespace name } lastWrite { at } } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

const usual = ["DEAD"] as const;

export function DeadDatasets({ search }: { search: EstateParams }) {
  const patch = useSearchPatch<EstateParams>();
  return (
    <Panel title="Datasets that no run has read" lines={8}>
      <div className="change-form">
        <NamespaceChoice chosen={search.within} />
        <DaysChoice chosen={search.days} />
        <Kinds
          label="How sure"
          all={datasetUsages}
          chosen={search.usage ?? usual}
          word={(usage) => usageLook(usage).label}
          onChange={(usage) => patch({ usage })}
        />
      </div>
      <Boundary key={`${search.within} ${search.days} ${search.usage}`} lines={6}>
        <List search={search} />
      </Boundary>
    </Panel>
  );
}

function List({ search }: { search: EstateParams }) {
  const variables = {
    days: search.days ?? usualDays,
    usages: [...(search.usage ?? usual)],
    filter: only(search.within),
    at: search.asof ?? null,
  };
  const pages = useSuspenseInfiniteQuery(paged(DeadQuery, variables, (page) => page.deadDatasets.pageInfo));
  const edges = pages.data.pages.flatMap((page) => page.deadDatasets.edges);
  const first = pages.data.pages[0]?.deadDatasets;
  if (!first) return null;
  return (
    <>
      <p className={first.window.covered ? "muted" : "notice"} data-testid="evidence">
        {windowWords(first.window)} Only runs are seen: who opens a table or a dashboard by hand leaves no
        event.
      </p>
      {edges.length === 0 ? (
        <Empty>No dataset is like that.</Empty>
      ) : (
        <>
          <p className="muted" role="status">
            {plural(first.totalCount, "dataset")}
          </p>
          <table className="stacking">
            <thead>
              <tr>
                <th scope="col">Dataset</th>
                <th scope="col">Usage</th>
                <th scope="col">Last read</th>
                <th scope="col">Still written</th>
              </tr>
            </thead>
            <tbody>
              {edges.map(({ cursor, node }) => (
                <tr key={cursor} data-testid="dead-row">
                  <td className="wide">
                    <DatasetLink of={node.dataset} /> <NamespaceLink name={node.dataset.namespace} />
                  </td>
                  <td>
                    <Usage of={node.usage} />
                  </td>
                  <td>
                    <span className="stacked-only">last read </span>
                    {node.lastReadAt ? <Time at={node.lastReadAt} /> : "never"}
                  </td>
                  <td>
                    <span className="stacked-only">last written </span>
                    {node.lastWrite ? (
                      <Time at={node.lastWrite.at} />
                    ) : (
                      <span className="muted">not known</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      <LoadMore shown={edges.length} total={first.totalCount} query={pages} />
    </>
  );
}

export function Usage({ of }: { of: Parameters<typeof usageLook>[0] }) {
  const look = usageLook(of);
  return (
    <span className={`badge tone-${look.tone}`} title={look.meaning}>
      {look.label}
    </span>
  );
}
