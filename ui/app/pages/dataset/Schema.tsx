// The columns of a dataset and how its schema changed.
import { useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { query } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { plural } from "../../lib/format";
import { Tags } from "../../ui/Chips";
import { Diff } from "../../ui/Diff";
import { ColumnLink } from "../../ui/links";
import { Empty, Panel } from "../../ui/Panel";
import { Time } from "../../ui/Time";

const SchemaQuery = graphql(`
  query DatasetSchema($ns: String!, $name: String!) {
    dataset(namespace: $ns, name: $name) {
      namespace name
      columns { id name type description depth inSchema upstreamCount downstreamCount tags { name value } }
    }
  }
`);

const HistoryQuery = graphql(`
  query DatasetSchemaHistory($ns: String!, $name: String!) {
    dataset(namespace: $ns, name: $name) {
      schemaHistory { firstSeen lastSeen current added removed retyped columns { path } }
    }
  }
`);

interface SchemaProps {
  of: { namespace: string; name: string };
}

type SchemaColumn = NonNullable<ResultOf<typeof SchemaQuery>["dataset"]>["columns"][number];

/** More rows than this wait for a click: very wide tables exist. */
const enough = 300;

export function Schema({ of }: SchemaProps) {
  return (
    <>
      <Panel title="Columns" lines={8}>
        <Columns of={of} />
      </Panel>
      <Panel title="Schema history">
        <History of={of} />
      </Panel>
    </>
  );
}

function Columns({ of }: SchemaProps) {
  const { data } = useSuspenseQuery(query(SchemaQuery, { ns: of.namespace, name: of.name }));
  const [filter, setFilter] = useState("");
  const [whole, setWhole] = useState(false);
  const columns = data.dataset?.columns ?? [];
  if (columns.length === 0)
    return <Empty>No columns are known. A producer names them with the schema facet.</Empty>;
  const needle = filter.toLowerCase();
  const found = columns.filter((column) =>
    `${column.name} ${column.description ?? ""}`.toLowerCase().includes(needle),
  );
  const shown = whole ? found : found.slice(0, enough);
  return (
    <>
      {columns.length > 12 ? (
        <input
          className="field"
          type="search"
          placeholder="Filter columns"
          aria-label="Filter columns"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      ) : null}
      <div className="table-box">
        <table>
          <thead>
            <tr>
              <th>Column</th>
              <th>Type</th>
              <th>Description</th>
              <th>Tags</th>
              <th className="number">From</th>
              <th className="number">Feeds</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((column) => (
              <Row key={column.id} column={column} of={of} />
            ))}
          </tbody>
        </table>
      </div>
      {found.length > shown.length ? (
        <button type="button" className="button" onClick={() => setWhole(true)}>
          Show all {plural(found.length, "column")}
        </button>
      ) : null}
    </>
  );
}

function Row({ column, of }: SchemaProps & { column: SchemaColumn }) {
  const leaf =
    column.depth > 0 ? column.name.split(".").slice(column.depth).join(".") || column.name : column.name;
  return (
    <tr>
      <td style={{ paddingInlineStart: 8 + column.depth * 18 }}>
        <ColumnLink dataset={of} name={column.name}>
          <code title={column.name}>{leaf}</code>
        </ColumnLink>
        {column.inSchema ? null : (
          <span className="badge" title="Column lineage names it, the current schema does not">
            lineage only
          </span>
        )}
      </td>
      <td>{column.type ? <code className="type">{column.type}</code> : <span className="muted">–</span>}</td>
      <td className="wide">{column.description}</td>
      <td>
        <Tags tags={column.tags} />
      </td>
      <td className="number">
        <Count of={of} name={column.name} count={column.upstreamCount} word="comes directly from" />
      </td>
      <td className="number">
        <Count of={of} name={column.name} count={column.downstreamCount} word="directly feeds" />
      </td>
    </tr>
  );
}

function Count({ of, name, count, word }: SchemaProps & { name: string; count: number; word: string }) {
  if (count === 0) return <span className="muted">0</span>;
  return (
    <ColumnLink dataset={of} name={name}>
      <span title={`${name} ${word} ${plural(count, "column or dataset", "columns and datasets")}`}>
        {count}
      </span>
    </ColumnLink>
  );
}

function History({ of }: SchemaProps) {
  const { data } = useSuspenseQuery(query(HistoryQuery, { ns: of.namespace, name: of.name }));
  const versions = data.dataset?.schemaHistory ?? [];
  if (versions.length === 0) return <Empty>No schema has been reported.</Empty>;
  return (
    <ol className="rows">
      {versions.map((version, i) => (
        <li key={version.firstSeen} className="stacked">
          <div className="row-head">
            <span className="badge">{version.current ? "Current" : `Version ${versions.length - i}`}</span>
            <span>{plural(version.columns.length, "column")}</span>
            <span className="muted push">
              since <Time at={version.firstSeen} />, last seen <Time at={version.lastSeen} />
            </span>
          </div>
          {i < versions.length - 1 ? (
            <Diff added={version.added} removed={version.removed} retyped={version.retyped} />
          ) : null}
        </li>
      ))}
    </ol>
  );
}
