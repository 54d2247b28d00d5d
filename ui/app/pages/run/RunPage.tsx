// One run: a header that never changes and a tab that does.
import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { query } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { duration } from "../../lib/format";
import { Boundary } from "../../ui/Boundary";
import { Icon } from "../../ui/Icon";
import { JobLink, NamespaceLink } from "../../ui/links";
import { StateBadge } from "../../ui/State";
import { Tabs } from "../../ui/Tabs";
import { Time } from "../../ui/Time";
import { Missing } from "../Missing";
import { Events } from "./Events";
import { Overview } from "./Overview";
import { Provenance } from "./Provenance.lazy";
import type { RunKey } from "./params";
import { RunFacets } from "./RunFacets";

const HeadQuery = graphql(`
  query RunHead($id: ID!, $jobns: String, $job: String) {
    run(id: $id, jobNamespace: $jobns, jobName: $job) {
      id state startedAt endedAt durationMs lastEventAt eventCount inferred stale
      job { namespace name }
    }
  }
`);

export function RunPage() {
  const { id } = useParams({ from: "/runs/$id" });
  const { tab = "overview", jobns, job } = useSearch({ from: "/runs/$id" });
  // Half a job is no choice.
  const chosen = jobns !== undefined && job !== undefined;
  const key: RunKey = { id, jobns: chosen ? jobns : null, job: chosen ? job : null };
  const { data } = useSuspenseQuery({
    ...query(HeadQuery, { ...key }),
    // A run that goes on is looked at again.
    refetchInterval: (asked) => (asked.state.data?.run?.state === "RUNNING" ? 10_000 : false),
  });
  const { run } = data;
  if (!run) return <Missing what="run" name={id} />;
  return (
    <div className="page">
      <title>{`Run of ${run.job.name} · Headwater`}</title>
      <header className="page-head">
        <p className="crumbs">
          <Icon name="run" /> Run of <JobLink of={run.job} /> in <NamespaceLink name={run.job.namespace} />
        </p>
        <h1 data-testid="run-title" className="mono">
          {run.id}
        </h1>
        <div className="head-facts">
          <StateBadge state={run.state} />
          {run.stale ? (
            <span
              className="badge"
              title="It has neither ended nor been heard of for long. Nothing says that it failed."
            >
              not heard of since <Time at={run.lastEventAt} />
            </span>
          ) : null}
          {run.inferred ? (
            <span className="badge" title="Another run names it; it has sent no event itself">
              only named by others
            </span>
          ) : null}
          <span>
            Started <Time at={run.startedAt} />
          </span>
          <span>
            Ended <Time at={run.endedAt} />
          </span>
          {run.durationMs === null ? null : <span>Took {duration(run.durationMs)}</span>}
        </div>
      </header>
      <Tabs
        label="Parts of the run"
        keep={{ jobns, job }}
        tabs={[
          { id: "overview", label: "Overview" },
          { id: "provenance", label: "Provenance" },
          { id: "events", label: "Events", count: run.eventCount },
          { id: "facets", label: "Facets" },
        ]}
      />
      <Boundary key={tab} lines={6}>
        {tab === "overview" ? <Overview of={key} /> : null}
        {tab === "provenance" ? <Provenance of={key} /> : null}
        {tab === "events" ? <Events of={key} /> : null}
        {tab === "facets" ? <RunFacets of={key} /> : null}
      </Boundary>
    </div>
  );
}
