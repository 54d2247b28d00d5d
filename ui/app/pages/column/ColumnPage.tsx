// One column: what it is, where its values come from, what they feed, and what breaks with it.
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { query } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { Boundary } from "../../ui/Boundary";
import { Tags } from "../../ui/Chips";
import { Icon } from "../../ui/Icon";
import { DatasetLink, NamespaceLink } from "../../ui/links";
import { Panel } from "../../ui/Panel";
import { Tabs } from "../../ui/Tabs";
import { ImpactTab } from "../impact/lazy";
import { Missing } from "../Missing";
import { Chain } from "./Chain";

const ColumnQuery = graphql(`
  query ColumnHead($ns: String!, $dataset: String!, $name: String!) {
    column(namespace: $ns, dataset: $dataset, name: $name) {
      id name type description inSchema
      tags { name value }
      dataset { id namespace name }
    }
  }
`);

export function ColumnPage() {
  const { ns, dataset: owner, name } = useParams({ from: "/columns/$ns/$dataset/$name" });
  const { tab = "overview", asof } = useSearch({ from: "/columns/$ns/$dataset/$name" });
  const { data } = useSuspenseQuery(query(ColumnQuery, { ns, dataset: owner, name }));
  const { column } = data;
  if (!column) return <Missing what="column" namespace={owner} name={name} />;
  const { dataset } = column;
  const of = { ns: dataset.namespace, dataset: dataset.name, name: column.name };
  return (
    <div className="page">
      <title>{`${column.name} of ${dataset.name} · Headwater`}</title>
      <header className="page-head">
        <p className="crumbs">
          <Icon name="column" /> Column of <DatasetLink of={dataset} /> in{" "}
          <NamespaceLink name={dataset.namespace} />
        </p>
        <h1 data-testid="column-title">{column.name}</h1>
        <div className="head-facts">
          {column.type ? <code className="type">{column.type}</code> : null}
          {column.inSchema ? null : <span className="badge">not in the current schema</span>}
          <Tags tags={column.tags} />
          <Link
            className="button small"
            to="/lineage/$kind/$ns/$name"
            params={{ kind: "dataset", ns: dataset.namespace, name: dataset.name }}
            search={{ trace: column.id, cols: [dataset.id] }}
          >
            <Icon name="graph" size={14} /> Trace it in the picture
          </Link>
        </div>
        {column.description ? <p className="prose">{column.description}</p> : null}
      </header>
      <Tabs
        label="Parts of the column"
        keep={asof ? { asof } : undefined}
        tabs={[
          { id: "overview", label: "Overview" },
          { id: "impact", label: "Impact" },
        ]}
      />
      <Boundary key={tab} lines={6}>
        {tab === "overview" ? (
          <div className="columns-2">
            <Panel title="Comes from" lines={5}>
              <Chain of={of} direction="UPSTREAM" />
            </Panel>
            <Panel title="Feeds" lines={5}>
              <Chain of={of} direction="DOWNSTREAM" />
            </Panel>
          </div>
        ) : (
          <ImpactTab of={{ kind: "column", namespace: of.ns, dataset: of.dataset, name: of.name }} />
        )}
      </Boundary>
    </div>
  );
}
