// What a dataset is for, who writes and reads it, and how it fares.
import { useSuspenseQuery } from "@tanstack/react-query";
import { query } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { plural } from "../../lib/format";
import { Assertions } from "../../ui/Assertions";
import { Sparkline } from "../../ui/charts";
import { Fact, Facts } from "../../ui/Facts";
import { JobList } from "../../ui/links";
import { Empty, Panel } from "../../ui/Panel";
import { Time } from "../../ui/Time";
import { Place } from "./Place";

const OverviewQuery = graphql(`
  query DatasetOverview($ns: String!, $name: String!) {
    dataset(namespace: $ns, name: $name) {
      description firstSeen lastSeen
      source { name uri }
      producers: jobs(role: PRODUCER, first: 25) { totalCount edges { node { namespace name } } }
      consumers: jobs(role: CONSUMER, first: 25) { totalCount edges { node { namespace name } } }
      assertions { name success column severity }
      runs(role: PRODUCER, first: 30) { edges { rowCount node { endedAt lastEventAt } } }
    }
  }
`);

type Overview = NonNullable<ResultOf<typeof OverviewQuery>["dataset"]>;

export function Overview({ of }: { of: { namespace: string; name: string } }) {
  const { data } = useSuspenseQuery(query(OverviewQuery, { ns: of.namespace, name: of.name }));
  const { dataset } = data;
  if (!dataset) return null;
  return (
    <div className="columns-2">
      <Panel title="About">
        {dataset.description ? (
          <p className="prose">{dataset.description}</p>
        ) : (
          <Empty>No description. A producer sends one with the documentation facet.</Empty>
        )}
        <Facts>
          {dataset.source?.uri ? (
            <Fact name="Source">
              <code>{dataset.source.uri}</code>
            </Fact>
          ) : null}
          <Fact name="First seen">
            <Time at={dataset.firstSeen} />
          </Fact>
          <Fact name="Last seen">
            <Time at={dataset.lastSeen} />
          </Fact>
        </Facts>
      </Panel>
      <Panel title="Rows written">
        <RowCounts dataset={dataset} />
      </Panel>
      <Panel title={`Written by ${plural(dataset.producers.totalCount, "job")}`}>
        <JobList
          of={dataset.producers.edges.map((edge) => edge.node)}
          none="No known job writes it: it is a source."
        />
        <More total={dataset.producers.totalCount} shown={dataset.producers.edges.length} />
      </Panel>
      <Panel title={`Read by ${plural(dataset.consumers.totalCount, "job")}`}>
        <JobList of={dataset.consumers.edges.map((edge) => edge.node)} none="No known job reads it." />
        <More total={dataset.consumers.totalCount} shown={dataset.consumers.edges.length} />
      </Panel>
      <Panel title="Quality checks">
        <Assertions of={dataset.assertions} none="No checks were reported." />
      </Panel>
      <Place of={of} />
    </div>
  );
}

function RowCounts({ dataset }: { dataset: Overview }) {
  const points = dataset.runs.edges
    .flatMap((edge) =>
      edge.rowCount === null
        ? []
        : [{ at: edge.node.endedAt ?? edge.node.lastEventAt, value: edge.rowCount }],
    )
    .reverse();
  if (points.length === 0) return <Empty>Runs have not reported how many rows they wrote.</Empty>;
  return <Sparkline points={points} unit="rows" />;
}

function More({ total, shown }: { total: number; shown: number }) {
  return total > shown ? <p className="muted">and {total - shown} more: see the lineage</p> : null;
}
