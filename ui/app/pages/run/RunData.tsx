// The datasets a run read or wrote, with how much.
import { graphql, type ResultOf } from "../../graphql/tada";
import { bytes, plural } from "../../lib/format";
import { Assertions } from "../../ui/Assertions";
import { DatasetLink, NamespaceLink } from "../../ui/links";
import { Empty } from "../../ui/Panel";
import { Properties } from "../../ui/Properties";

export const runDataset = graphql(`
  fragment RunDatasetRow on RunDataset {
    namespace name rowCount bytes fileCount version subset
    report { name value }
    assertions { name success column severity }
  }
`);

type RunDataset = ResultOf<typeof runDataset>;

export function RunData({ of, none }: { of: readonly RunDataset[]; none: string }) {
  if (of.length === 0) return <Empty>{none}</Empty>;
  return (
    <ul className="rows">
      {of.map((one) => {
        const amounts = [
          one.rowCount === null ? "" : plural(one.rowCount, "row"),
          one.bytes === null ? "" : bytes(one.bytes),
          one.fileCount === null ? "" : plural(one.fileCount, "file"),
          one.version ? `version ${one.version}` : "",
        ].filter(Boolean);
        return (
          <li key={`${one.namespace} ${one.name}`} className="stacked">
            <div className="row-head">
              <DatasetLink of={one} icon />
              <NamespaceLink name={one.namespace} />
              <span className="push muted">{amounts.join(" · ")}</span>
            </div>
            {one.subset ? (
              <span className="muted">
                only where <code>{one.subset}</code>
              </span>
            ) : null}
            {one.report.length ? (
              <details>
                <summary>Report of the table format</summary>
                <Properties of={one.report} />
              </details>
            ) : null}
            {one.assertions.length ? <Assertions of={one.assertions} none="" /> : null}
          </li>
        );
      })}
    </ul>
  );
}
