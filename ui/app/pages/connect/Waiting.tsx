// Watches for a new event and says so, with a link to what came.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { query } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { plural } from "../../lib/format";
import { useStatus } from "../../shell/status";
import { JobLink, RunLink } from "../../ui/links";

const LatestQuery = graphql(`
  query LatestRun {
    runs(first: 1) { edges { node { id job { namespace name } } } }
  }
`);

export function Waiting() {
  const status = useStatus(2000);
  const [before, setBefore] = useState<number>();
  useEffect(() => {
    if (status && before === undefined) setBefore(status.logSeq);
  }, [status, before]);
  const arrived = status && before !== undefined ? status.logSeq - before : 0;
  return (
    <div className={arrived > 0 ? "waiting arrived" : "waiting"} role="status">
      {arrived > 0 ? <Arrived events={arrived} /> : <span className="pulse">Waiting for events…</span>}
    </div>
  );
}

function Arrived({ events }: { events: number }) {
  const latest = useQuery({ ...query(LatestQuery, {}), refetchInterval: 2000 }).data?.runs.edges[0]?.node;
  return (
    <>
      <strong>✓ It works.</strong> {plural(events, "event")} received.
      {latest ? (
        <>
          {" "}
          Newest: run <RunLink run={latest} /> of <JobLink of={latest.job} />.
        </>
      ) : null}
    </>
  );
}
