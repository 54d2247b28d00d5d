// What a dataset is, where it lives and how its columns look; only what is known.
import { useSuspenseQuery } from "@tanstack/react-query";
import { query } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { bytes, plural } from "../../lib/format";
import { Fact, Facts } from "../../ui/Facts";
import { DatasetLink } from "../../ui/links";
import { Panel } from "../../ui/Panel";

const PlaceQuery = graphql(`
  query DatasetPlace($ns: String!, $name: String!) {
    dataset(namespace: $ns, name: $name) {
      aliases(first: 100) { namespace name }
      aliasCount
      kind { type subType }
      storage { layer fileFormat }
      hierarchy { type name }
      catalog { framework type name metadataUri warehouseUri source properties { name value } }
      metrics { rowCount bytes fileCount lastUpdated columns { column nullCount distinctCount count min max } }
    }
  }
`);

type Dataset = NonNullable<ResultOf<typeof PlaceQuery>["dataset"]>;

export function Place({ of }: { of: { namespace: string; name: string } }) {
  const { data } = useSuspenseQuery(query(PlaceQuery, { ns: of.namespace, name: of.name }));
  const { dataset } = data;
  if (!dataset) return null;
  const facts = factsOf(dataset);
  return (
    <>
      {facts.length ? (
        <Panel title="Where it lives">
          <Facts>
            {facts.map(([name, value]) => (
              <Fact key={name} name={name}>
                {value}
              </Fact>
            ))}
          </Facts>
        </Panel>
      ) : null}
      {dataset.aliases.length ? (
        <Panel title="Also known as">
          <ul className="rows">
            {dataset.aliases.map((alias) => (
              <li key={`${alias.namespace} ${alias.name}`}>
                <DatasetLink of={alias} /> <span className="namespace">{alias.namespace}</span>
              </li>
            ))}
          </ul>
          {dataset.aliasCount > dataset.aliases.length ? (
            <p className="muted">and {plural(dataset.aliasCount - dataset.aliases.length, "other name")}</p>
          ) : null}
        </Panel>
      ) : null}
      <Profile metrics={dataset.metrics} />
    </>
  );
}

function factsOf({ kind, storage, hierarchy, catalog }: Dataset): [string, string][] {
  const said = (...parts: (string | null | undefined)[]) => parts.filter(Boolean).join(" · ");
  const all: [string, string][] = [
    ["Type", said(kind?.type?.toLowerCase(), kind?.subType?.toLowerCase())],
    ["Stored as", said(storage?.layer, storage?.fileFormat)],
    ["Within", hierarchy.map((level) => level.name).join(" › ")],
    ["Catalog", said(catalog?.name, catalog?.framework, catalog?.type, catalog?.source)],
    ["Metadata", catalog?.metadataUri ?? ""],
    ["Warehouse", catalog?.warehouseUri ?? ""],
    ...(catalog?.properties ?? []).map((one): [string, string] => [one.name, one.value]),
  ];
  return all.filter(([, value]) => value !== "");
}

function Profile({ metrics }: { metrics: Dataset["metrics"] }) {
  if (!metrics) return null;
  const amounts = [
    metrics.rowCount === null ? "" : plural(metrics.rowCount, "row"),
    metrics.bytes === null ? "" : bytes(metrics.bytes),
    metrics.fileCount === null ? "" : plural(metrics.fileCount, "file"),
  ].filter(Boolean);
  const shown = (value: number | null) => (value === null ? "" : value.toLocaleString());
  return (
    <Panel title="Profile" className="span-2">
      <p className="muted">{amounts.join(" · ")}</p>
      {metrics.columns.length ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
        <div className="table-box" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {["Column", "Values", "Nulls", "Distinct", "Least", "Greatest"].map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {metrics.columns.map((one) => (
                <tr key={one.column}>
                  <th scope="row" className="mono">
                    {one.column}
                  </th>
                  {[one.count, one.nullCount, one.distinctCount, one.min, one.max].map((value, i) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: the places are fixed
                    <td key={i}>{shown(value)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </Panel>
  );
}
