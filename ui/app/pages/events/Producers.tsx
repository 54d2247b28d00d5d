// The scoreboard: who sends events, how much they tell, and where they leave the specification.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { paged } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { count, duration, plural } from "../../lib/format";
import { LoadMore } from "../../ui/LoadMore";
import { DatasetLink, RunLink } from "../../ui/links";
import { Empty, Panel } from "../../ui/Panel";
import { Time } from "../../ui/Time";
import { Words } from "../../ui/Words";
import { ProducerName } from "./ProducerName";

const ProducersQuery = graphql(`
  query Producers($after: String) {
    producers(first: 25, after: $after) {
      totalCount
      edges {
        node {
          producer events firstSeen lastSeen datasets outputs
          shareOfOutputsWithSchema shareOfOutputsWithColumnLineage
          outputsWithoutSchema(first: 5) { namespace name }
          outputsWithoutColumnLineage(first: 5) { namespace name }
          neverEndingRuns neverEndingAfterSeconds
          silentRuns(first: 5) { id lastEventAt job { namespace name } }
          findings { code description events firstSeen lastSeen example { seq } }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

type Producer = ResultOf<typeof ProducersQuery>["producers"]["edges"][number]["node"];

export function Producers() {
  const pages = useSuspenseInfiniteQuery(paged(ProducersQuery, {}, (page) => page.producers.pageInfo));
  const all = pages.data.pages.flatMap((page) => page.producers.edges.map((edge) => edge.node));
  if (all.length === 0)
    return (
      <div className="no-hits">
        <p>No producer has sent an event yet. Each one that does is compared with the specification here.</p>
        <Link to="/connect" className="button primary">
          Connect a pipeline
        </Link>
      </div>
    );
  return (
    <>
      <div className="producers">
        {all.map((producer) => (
          <Card key={producer.producer ?? ""} of={producer} />
        ))}
      </div>
      <LoadMore shown={all.length} total={pages.data.pages[0]?.producers.totalCount ?? 0} query={pages} />
    </>
  );
}

/** The search that shows this producer's events. */
function eventsOf(of: Producer) {
  return of.producer === null ? { unnamed: true as const } : { producer: of.producer };
}

function Card({ of }: { of: Producer }) {
  return (
    <Panel
      title={
        <Link to="/events" search={eventsOf(of)} data-testid="producer">
          <ProducerName uri={of.producer} />
        </Link>
      }
    >
      <ul className="scores">
        <li>
          <strong>{count(of.events)}</strong> {of.events === 1 ? "event" : "events"}, last{" "}
          <Time at={of.lastSeen} />
        </li>
        <li>
          <strong>{count(of.datasets)}</strong> {of.datasets === 1 ? "dataset" : "datasets"},{" "}
          {count(of.outputs)} written
        </li>
        <Share name="outputs with a schema" value={of.shareOfOutputsWithSchema} />
        <Share name="outputs with column lineage" value={of.shareOfOutputsWithColumnLineage} />
        <li className={of.neverEndingRuns ? "warn" : ""}>
          <strong>{count(of.neverEndingRuns)}</strong> runs that never end
        </li>
        <li className={of.findings.length ? "warn" : ""}>
          <strong>{count(of.findings.length)}</strong>{" "}
          {of.findings.length === 1 ? "kind of finding" : "kinds of findings"}
        </li>
      </ul>
      <details className="version">
        <summary>{of.findings.length ? "What to improve" : "Details"}</summary>
        <Findings of={of} />
        <Gaps of={of} />
      </details>
    </Panel>
  );
}

function Share({ name, value }: { name: string; value: number | null }) {
  if (value === null) return null;
  const percent = Math.round(value * 100);
  return (
    <li className={percent < 50 ? "warn" : ""}>
      <strong>{percent} %</strong> {name}
      <span className="share" aria-hidden="true">
        <span style={{ width: `${percent}%` }} />
      </span>
    </li>
  );
}

function Findings({ of }: { of: Producer }) {
  if (of.findings.length === 0) return <Empty>Nothing is odd about its events.</Empty>;
  return (
    <ul className="rows">
      {of.findings.map((finding) => (
        <li key={finding.code} className="stacked" data-testid="producer-finding">
          <div className="row-head">
            <span className="badge tone-warn">{finding.code}</span>
            <Link to="/events" search={{ ...eventsOf(of), finding: finding.code }}>
              {plural(finding.events, "event")}
            </Link>
            <span className="muted">
              <Time at={finding.firstSeen} exact /> to <Time at={finding.lastSeen} exact />
            </span>
            {finding.example ? (
              <Link to="/events" search={{ seq: finding.example.seq }}>
                example
              </Link>
            ) : null}
          </div>
          <span>
            <Words of={finding.description} />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What the producer never says; a few examples of each. */
function Gaps({ of }: { of: Producer }) {
  return (
    <>
      <Examples title="Written without a schema" of={of.outputsWithoutSchema} />
      <Examples title="Written without column lineage" of={of.outputsWithoutColumnLineage} />
      {of.silentRuns.length ? (
        <>
          <h3>Began, did not end, and silent for {duration(of.neverEndingAfterSeconds * 1000)}</h3>
          <ul className="rows">
            {of.silentRuns.map((run) => (
              <li key={`${run.id} ${run.job.namespace} ${run.job.name}`}>
                <RunLink run={run}>{run.job.name}</RunLink>
                <span className="muted">
                  last heard <Time at={run.lastEventAt} />
                </span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </>
  );
}

function Examples({ title, of }: { title: string; of: readonly { namespace: string; name: string }[] }) {
  if (of.length === 0) return null;
  return (
    <>
      <h3>{title}, for example</h3>
      <ul className="rows">
        {of.map((dataset) => (
          <li key={`${dataset.namespace} ${dataset.name}`}>
            <DatasetLink of={dataset} icon />
          </li>
        ))}
      </ul>
    </>
  );
}
