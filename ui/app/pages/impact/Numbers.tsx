// Verdicts in numbers: of each kind of thing, and by distance.
import { Link } from "@tanstack/react-router";
import { count } from "../../lib/format";
import {
  countOf,
  sumOf,
  type Verdict,
  type VerdictCounts,
  type VerdictTotals,
  verdictLook,
  verdicts,
} from "../../lib/verdict";
import { VerdictBadge } from "../../ui/Verdict";
import { type ImpactParams, type ShownKind, shownKinds } from "./params";

const titles: Record<ShownKind, string> = { datasets: "Datasets", jobs: "Jobs", columns: "Columns" };

/** The kind that the tables below show is chosen here. */
export function Totals({ totals, show }: { totals: VerdictTotals; show: ShownKind }) {
  return (
    <table className="counts-table">
      <thead>
        <tr>
          <th scope="col">Downstream</th>
          <Heads />
        </tr>
      </thead>
      <tbody>
        {shownKinds.map((kind) => (
          <tr key={kind} className={kind === show ? "chosen" : undefined}>
            <th scope="row">
              <Link
                to="."
                search={((old: ImpactParams) => ({ ...old, show: kind, verdict: undefined })) as never}
                resetScroll={false}
                replace
                data-testid={`impact-show-${kind}`}
                aria-current={kind === show ? "true" : undefined}
                activeOptions={{ exact: true }}
              >
                {titles[kind]}
              </Link>
            </th>
            <Cells counts={totals[kind]} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ByDistanceProps {
  of: readonly { distance: number; totals: VerdictTotals }[];
  show: ShownKind;
}

export function ByDistance({ of, show }: ByDistanceProps) {
  const rows = of.filter(({ totals }) => sumOf(totals[show]) > 0);
  if (rows.length === 0) return <p className="empty">No {show} are downstream.</p>;
  return (
    <section aria-label={`${titles[show]} by distance`}>
      <table className="counts-table">
        <thead>
          <tr>
            <th scope="col">{titles[show]}, steps away</th>
            <Heads />
          </tr>
        </thead>
        <tbody>
          {rows.map(({ distance, totals }) => (
            <tr key={distance}>
              <th scope="row">{distance}</th>
              <Cells counts={totals[show]} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Heads() {
  return verdicts.map((verdict) => (
    <th key={verdict} scope="col" className="number">
      <VerdictBadge verdict={verdict} />
    </th>
  ));
}

function Cells({ counts }: { counts: VerdictCounts }) {
  return verdicts.map((verdict) => {
    const value = countOf(counts, verdict);
    return (
      <td key={verdict} className={value ? "number" : "number muted"}>
        {count(value)}
      </td>
    );
  });
}

export function Meaning({ verdict }: { verdict: Verdict }) {
  const { label, meaning } = verdictLook(verdict);
  return (
    <div>
      <dt>{label}</dt>
      <dd>{meaning}</dd>
    </div>
  );
}
