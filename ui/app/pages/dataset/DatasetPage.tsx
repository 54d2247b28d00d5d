// One dataset: a header that never changes and a tab that does.
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
import { DatasetLink, NamespaceLink } from "../../ui/links";
import { Name } from "../../ui/Name";
import { Tabs } from "../../ui/Tabs";
import { Time } from "../../ui/Time";
import { ChangesTab } from "../changes/lazy";
import { FreshnessTab } from "../freshness/lazy";
import { ImpactTab } from "../impact/lazy";
import { Missing } from "../Missing";
import { DatasetFacets } from "./DatasetFacets";
import { Overview } from "./Overview";
import { Runs } from "./Runs";
import { Schema } from "./Schema";

const HeadQuery = graphql(`
  query DatasetHead($ns: String!, $name: String!) {
    dataset(namespace: $ns, name: $name) {
      id namespace name columnCount version lastWrittenAt lastSeen droppedAt temporary
      tags { name value }
      owners { name type }
      source { name uri }
      lifecycle { state at previous { namespace name } }
    }
  }
`);

export function DatasetPage() {
  const { ns, name } = useParams({ from: "/datasets/$ns/$name" });
  const { tab = "overview", asof } = useSearch({ from: "/datasets/$ns/$name" });
  const { data } = useSuspenseQuery(query(HeadQuery, { ns, name }));
  const { dataset } = data;
  useEffect(() => {
    if (dataset) remember({ kind: "dataset", ns: dataset.namespace, name: dataset.name });
  }, [dataset]);
  if (!dataset) return <Missing what="dataset" namespace={ns} name={name} />;
  const named = { namespace: dataset.namespace, name: dataset.name };
  return (
    <div className="page">
      <title>{`${dataset.name} · Headwater`}</title>
      <header className="page-head">
        <p className="crumbs">
          <Icon name="dataset" /> Dataset in <NamespaceLink name={dataset.namespace} />
        </p>
        <h1 data-testid="dataset-title">
          <Name of={dataset.name} />
        </h1>
        <div className="head-facts">
          {dataset.droppedAt ? (
            <span className="badge bad" title="What was known of it stays; lineage of the past shows it">
              dropped <Time at={dataset.droppedAt} />
            </span>
          ) : null}
          {dataset.temporary ? (
            <span className="badge" title="It only exists between two steps: lineage passes through it">
              temporary
            </span>
          ) : null}
          {dataset.lifecycle ? <Lifecycle change={dataset.lifecycle} /> : null}
          <span>
            Last written <Time at={dataset.lastWrittenAt} />
          </span>
          {dataset.source?.uri || dataset.source?.name ? (
            <span title={dataset.source.uri ?? ""}>
              Source <code>{dataset.source.name ?? dataset.source.uri}</code>
            </span>
          ) : null}
          {dataset.version ? (
            <span>
              Version <code>{dataset.version}</code>
            </span>
          ) : null}
          <Tags tags={dataset.tags} />
          <Owners owners={dataset.owners} />
        </div>
      </header>
      <Tabs
        label="Parts of the dataset"
        keep={asof ? { asof } : undefined}
        tabs={[
          { id: "overview", label: "Overview" },
          { id: "schema", label: "Schema", count: dataset.columnCount },
          { id: "lineage", label: "Lineage" },
          { id: "impact", label: "Impact" },
          { id: "freshness", label: "Freshness" },
          { id: "changes", label: "Changes" },
          { id: "runs", label: "Runs" },
          { id: "facets", label: "Facets" },
        ]}
      />
      <Boundary key={tab} lines={6}>
        {tab === "overview" ? <Overview of={named} /> : null}
        {tab === "schema" ? <Schema of={named} /> : null}
        {tab === "lineage" ? <LineageTab focus={{ kind: "DATASET", ...named }} /> : null}
        {tab === "impact" ? <ImpactTab of={{ kind: "dataset", ...named }} /> : null}
        {tab === "changes" ? <ChangesTab of={{ kind: "dataset", ...named }} /> : null}
        {tab === "freshness" ? <FreshnessTab of={named} /> : null}
        {tab === "runs" ? <Runs of={named} /> : null}
        {tab === "facets" ? <DatasetFacets of={named} /> : null}
      </Boundary>
    </div>
  );
}

interface LifecycleProps {
  change: { state: string; at: string; previous: { namespace: string; name: string } | null };
}

/** What last happened to the dataset as a whole; a dropped one stands out. */
function Lifecycle({ change }: LifecycleProps) {
  const gone = change.state === "DROP";
  return (
    <span>
      <span className={`badge ${gone ? "tone-bad" : ""}`}>
        {gone ? "✕ " : ""}
        {change.state.toLowerCase().replaceAll("_", " ")}
      </span>{" "}
      <Time at={change.at} />
      {change.previous ? (
        <>
          {", was "}
          <DatasetLink of={change.previous} />
        </>
      ) : null}
    </span>
  );
}
