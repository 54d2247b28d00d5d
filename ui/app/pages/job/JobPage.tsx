// One job: a header that never changes and a tab that does.
import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { query } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { remember } from "../../lib/recent";
import { LineageTab } from "../../lineage/LineageTab";
import { Boundary } from "../../ui/Boundary";
import { Owners, Tags } from "../../ui/Chips";
import { Icon } from "../../ui/Icon";
import { NamespaceLink, RunLink } from "../../ui/links";
import { Name } from "../../ui/Name";
import { StateBadge } from "../../ui/State";
import { Tabs } from "../../ui/Tabs";
import { Time } from "../../ui/Time";
import { ChangesTab } from "../changes/lazy";
import { RepairTab } from "../freshness/lazy";
import { ImpactTab } from "../impact/lazy";
import { Missing } from "../Missing";
import { JobFacets } from "./JobFacets";
import { JobRuns } from "./JobRuns";
import { Overview } from "./Overview";

const HeadQuery = graphql(`
  query JobHead($ns: String!, $name: String!) {
    job(namespace: $ns, name: $name) {
      id namespace name
      type { processingType integration jobType }
      tags { name value }
      owners { name type }
      latestRun { id state lastEventAt job { namespace name } }
      runs(first: 1) { totalCount }
    }
  }
`);

export function JobPage() {
  const { ns, name } = useParams({ from: "/jobs/$ns/$name" });
  const { tab = "overview", asof } = useSearch({ from: "/jobs/$ns/$name" });
  const { data } = useSuspenseQuery(query(HeadQuery, { ns, name }));
  const { job } = data;
  useEffect(() => {
    if (job) remember({ kind: "job", ns: job.namespace, name: job.name });
  }, [job]);
  if (!job) return <Missing what="job" namespace={ns} name={name} />;
  const named = { namespace: job.namespace, name: job.name };
  const kind = [job.type?.integration, job.type?.jobType, job.type?.processingType]
    .filter(Boolean)
    .join(" · ")
    .toLowerCase();
  return (
    <div className="page">
      <title>{`${job.name} · Headwater`}</title>
      <header className="page-head">
        <p className="crumbs">
          <Icon name="job" /> Job in <NamespaceLink name={job.namespace} />
        </p>
        <h1 data-testid="job-title">
          <Name of={job.name} />
        </h1>
        <div className="head-facts">
          {kind ? <span className="badge">{kind}</span> : null}
          {job.latestRun ? (
            <span>
              <RunLink run={job.latestRun}>
                <StateBadge state={job.latestRun.state} />
              </RunLink>{" "}
              <Time at={job.latestRun.lastEventAt} />
            </span>
          ) : null}
          <Tags tags={job.tags} />
          <Owners owners={job.owners} />
        </div>
      </header>
      <Tabs
        label="Parts of the job"
        keep={asof ? { asof } : undefined}
        tabs={[
          { id: "overview", label: "Overview" },
          { id: "runs", label: "Runs", count: job.runs.totalCount },
          { id: "lineage", label: "Lineage" },
          { id: "impact", label: "Impact" },
          { id: "repair", label: "Repair" },
          { id: "changes", label: "Changes" },
          { id: "facets", label: "Facets" },
        ]}
      />
      <Boundary key={tab} lines={6}>
        {tab === "overview" ? <Overview of={named} /> : null}
        {tab === "runs" ? <JobRuns of={named} /> : null}
        {tab === "lineage" ? <LineageTab focus={{ kind: "JOB", ...named }} /> : null}
        {tab === "impact" ? <ImpactTab of={{ kind: "job", ...named }} /> : null}
        {tab === "changes" ? <ChangesTab of={{ kind: "job", ...named }} /> : null}
        {tab === "repair" ? <RepairTab of={named} /> : null}
        {tab === "facets" ? <JobFacets of={named} /> : null}
      </Boundary>
    </div>
  );
}
