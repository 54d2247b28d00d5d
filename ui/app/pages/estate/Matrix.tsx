// Which namespaces feed which: a table of numbers where it can be read, and the list with examples.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { paged } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { count, plural } from "../../lib/format";
import { Boundary } from "../../ui/Boundary";
import { LoadMore } from "../../ui/LoadMore";
import { DatasetLink, NamespaceLink } from "../../ui/links";
import { Empty, Panel } from "../../ui/Panel";
import { useSearchPatch } from "../../ui/useSearchPatch";
import type { EstateParams } from "./params";
import { grid, readable } from "./words";

const MatrixQuery = graphql(`
  query NamespaceMatrix($inner: Boolean!, $asOf: DateTime, $after: String) {
    namespaceMatrix(inner: $inner, asOf: $asOf, first: 200, after: $after) {
      namespaceCount innerEdges crossingEdges totalCount
      cells { from to edges examples { from { namespace name } to { namespace name } } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

type Cell = ResultOf<typeof MatrixQuery>["namespaceMatrix"]["cells"][number];

export function Matrix({ search }: { search: EstateParams }) {
  const patch = useSearchPatch<EstateParams>();
  const across = search.across ?? false;
  return (
    <Panel
      title="Which namespaces feed which"
      actions={
        <label className="chip">
          <input
            type="checkbox"
            checked={across}
            onChange={() => patch({ across: across ? undefined : true })}
          />{" "}
          only across
        </label>
      }
    >
      <Boundary key={`${across}`} lines={8}>
        <Cells across={across} asOf={search.asof ?? null} />
      </Boundary>
    </Panel>
  );
}

function Cells({ across, asOf }: { across: boolean; asOf: string | null }) {
  const pages = useSuspenseInfiniteQuery(
    paged(MatrixQuery, { inner: !across, asOf }, (page) => page.namespaceMatrix.pageInfo),
  );
  const first = pages.data.pages[0]?.namespaceMatrix;
  const cells = pages.data.pages.flatMap((page) => page.namespaceMatrix.cells);
  if (!first || cells.length === 0) return <Empty>No data flows between datasets yet.</Empty>;
  return (
    <>
      <p data-testid="matrix-summary">
        {plural(first.crossingEdges, "pair")} of datasets across namespaces, {count(first.innerEdges)} within
        one, among {plural(first.namespaceCount, "namespace")}.
      </p>
      {cells.length === first.totalCount ? <Grid cells={cells} /> : null}
      <h3>Pairs, the most edges first</h3>
      <List cells={cells} />
      <LoadMore shown={cells.length} total={first.totalCount} query={pages} />
    </>
  );
}

function Grid({ cells }: { cells: readonly Cell[] }) {
  const { names, at } = grid(cells);
  if (names.length > readable)
    return <p className="muted">More than {readable} namespaces: the list below says the same.</p>;
  const most = Math.max(...cells.map((cell) => cell.edges));
  return (
    <section className="table-box" aria-label="Rows feed columns">
      <table className="matrix">
        <thead>
          <tr>
            <th scope="col">From ↓ to →</th>
            {names.map((name, i) => (
              <th key={name} scope="col" title={name}>
                <span aria-hidden="true">{i + 1}</span>
                <span className="visually-hidden">{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((from, i) => (
            <tr key={from}>
              <th scope="row">
                <span aria-hidden="true">{i + 1}</span> <NamespaceLink name={from} />
              </th>
              {names.map((to) => (
                <Heat key={to} value={at(from, to)} most={most} own={from === to} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Heat({ value, most, own }: { value: number; most: number; own: boolean }) {
  // Square root: a few must show beside thousands.
  const share = value ? 12 + 48 * Math.sqrt(value / most) : 0;
  return (
    <td
      className={own ? "own" : undefined}
      style={
        value
          ? { background: `color-mix(in srgb, var(--accent) ${share.toFixed(0)}%, var(--surface))` }
          : undefined
      }
    >
      {value ? <span>{count(value)}</span> : <span className="visually-hidden">none</span>}
    </td>
  );
}

function List({ cells }: { cells: readonly Cell[] }) {
  return (
    <table className="stacking">
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col">To</th>
          <th scope="col" className="number">
            Pairs
          </th>
          <th scope="col">Such as</th>
        </tr>
      </thead>
      <tbody>
        {cells.map((cell) => (
          <tr key={JSON.stringify([cell.from, cell.to])} data-testid="matrix-row">
            <td className="wide">
              <NamespaceLink name={cell.from} />
            </td>
            <td className="wide">
              <span className="stacked-only">to </span>
              {cell.from === cell.to ? (
                <span className="muted">itself</span>
              ) : (
                <NamespaceLink name={cell.to} />
              )}
            </td>
            <td className="number">
              {count(cell.edges)}
              <span className="stacked-only"> {cell.edges === 1 ? "pair" : "pairs"}</span>
            </td>
            <td className="wide">
              {cell.examples.slice(0, 2).map((one) => (
                <div key={JSON.stringify([one.from, one.to])}>
                  <DatasetLink of={one.from} /> <span aria-hidden="true">→</span>
                  <span className="visually-hidden">to</span> <DatasetLink of={one.to} />
                </div>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
