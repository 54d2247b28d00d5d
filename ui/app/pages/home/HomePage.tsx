// The front page: search first, then what needs a look.
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { query } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { count } from "../../lib/format";
import { SearchBox } from "../../shell/SearchBox";
import { useStatus } from "../../shell/status";
import { Diff } from "../../ui/Diff";
import { DatasetLink, NamespaceLink } from "../../ui/links";
import { Empty, Panel } from "../../ui/Panel";
import { RunTable, runRow } from "../../ui/RunTable";
import { Time } from "../../ui/Time";
import { FirstSteps } from "../connect/FirstSteps";

const FailedQuery = graphql(
  `
  query RecentlyFailed {
    runs(states: [FAIL, ABORT], first: 6) { edges { node { ...RunRow } } }
  }
`,
  [runRow],
);

const NewestQuery = graphql(
  `
  query NewestRuns {
    runs(first: 10) { edges { node { ...RunRow } } }
  }
`,
  [runRow],
);

const SchemaQuery = graphql(`
  query RecentSchemaChanges {
    schemaChanges(first: 8) { at added removed retyped dataset { namespace name } }
  }
`);

export function HomePage() {
  const status = useStatus();
  const empty = status !== undefined && status.datasets === 0 && status.jobs === 0;
  // Whoever watched for the first event sees it arrive: the first steps stay until the page is left.
  const [teaching, setTeaching] = useState(false);
  useEffect(() => {
    if (empty) setTeaching(true);
  }, [empty]);
  return (
    <div className="page home">
      <title>Headwater</title>
      <div className="hero">
        <h1>Where does this data come from?</h1>
        <SearchBox big />
        <Counts />
      </div>
      {teaching ? <FirstSteps /> : null}
      {empty ? null : (
        <div className="columns-2">
          <Panel title="Recently failed runs" lines={5}>
            <FailedRuns />
          </Panel>
          <Panel title="Recent schema changes" lines={5}>
            <SchemaChanges />
          </Panel>
          <Panel title="Newest runs" lines={6} className="span-2">
            <NewestRuns />
          </Panel>
        </div>
      )}
    </div>
  );
}

function Counts() {
  const status = useStatus();
  if (!status) return <div className="counts" aria-hidden="true" />;
  return (
    <ul className="counts">
      <li>
        <Link to="/search" search={{ kind: ["DATASET"] }}>
          <strong>{count(status.datasets)}</strong> datasets
        </Link>
      </li>
      <li>
        <Link to="/search" search={{ kind: ["JOB"] }}>
          <strong>{count(status.jobs)}</strong> jobs
        </Link>
      </li>
      <li>
        <Link to="/search" search={{ kind: ["COLUMN"] }}>
          <strong>{count(status.columns)}</strong> columns
        </Link>
      </li>
      <li>
        <strong>{count(status.runsLast24h)}</strong> runs in 24 h
      </li>
      <li className={status.failedLast24h ? "bad" : ""}>
        <strong>{count(status.failedLast24h)}</strong> failed in 24 h
      </li>
      {status.quarantined ? (
        <li className="warn">
          <Link to="/events" search={{ tab: "quarantine" }}>
            <strong>{count(status.quarantined)}</strong> events not understood
          </Link>
        </li>
      ) : null}
    </ul>
  );
}

function FailedRuns() {
  const { data } = useSuspenseQuery({ ...query(FailedQuery, {}), refetchInterval: 30_000 });
  const runs = data.runs.edges.map((edge) => edge.node);
  return runs.length ? <RunTable runs={runs} /> : <Empty>No run has failed.</Empty>;
}

function NewestRuns() {
  const { data } = useSuspenseQuery({ ...query(NewestQuery, {}), refetchInterval: 30_000 });
  const runs = data.runs.edges.map((edge) => edge.node);
  return runs.length ? <RunTable runs={runs} /> : <Empty>No run has been reported yet.</Empty>;
}

function SchemaChanges() {
  const { data } = useSuspenseQuery({ ...query(SchemaQuery, {}), refetchInterval: 30_000 });
  if (data.schemaChanges.length === 0) return <Empty>No schema has changed since it was first seen.</Empty>;
  return (
    <ul className="rows">
      {data.schemaChanges.map((change) => (
        <li key={`${change.dataset.namespace} ${change.dataset.name} ${change.at}`} className="stacked">
          <div className="row-head">
            <DatasetLink of={change.dataset} icon />
            <NamespaceLink name={change.dataset.namespace} />
          </div>
          <div className="row-head">
            <Diff added={change.added} removed={change.removed} retyped={change.retyped} limit={3} />
            <span className="push">
              <Time at={change.at} />
            </span>
          </div>
        </li>
      ))}
    </ul>
  );
}
