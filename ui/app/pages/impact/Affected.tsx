// Everything downstream, the worst first, each with its verdict, the reason and the proof.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { paged } from "../../graphql/client";
import { plural } from "../../lib/format";
import { toggled } from "../../lib/search-params";
import { countOf, type Verdict, type VerdictTotals, verdictLook, verdicts } from "../../lib/verdict";
import { Boundary } from "../../ui/Boundary";
import { EntityLink, entityName } from "../../ui/EntityLink";
import { LoadMore } from "../../ui/LoadMore";
import { NamespaceLink } from "../../ui/links";
import { Empty } from "../../ui/Panel";
import { useSearchPatch } from "../../ui/useSearchPatch";
import { VerdictBadge } from "../../ui/Verdict";
import { Proof } from "./Proof";
import type { ImpactParams, ShownKind } from "./params";
import { AffectedQuery, type ImpactVariables, type Affected as Item } from "./queries";

interface AffectedProps {
  asked: ImpactVariables;
  show: ShownKind;
  chosen: Verdict[] | undefined;
  totals: VerdictTotals;
}

export function Affected({ asked, show, chosen, totals }: AffectedProps) {
  return (
    <>
      <Filter chosen={chosen} totals={totals} show={show} />
      <Boundary key={`${show} ${chosen}`} lines={6}>
        <List asked={asked} show={show} chosen={chosen} />
      </Boundary>
    </>
  );
}

function Filter({ chosen, totals, show }: Omit<AffectedProps, "asked">) {
  const patch = useSearchPatch<ImpactParams>();
  return (
    <fieldset className="chips verdict-filter" aria-label={`Which ${show} are listed`}>
      {verdicts.map((verdict) => (
        <label key={verdict} className={chosen?.includes(verdict) ? "chip chosen" : "chip"}>
          <input
            type="checkbox"
            checked={chosen?.includes(verdict) ?? false}
            onChange={() => patch({ verdict: toggled(chosen, verdict) as Verdict[] | undefined })}
          />{" "}
          {verdictLook(verdict).label} ({countOf(totals[show], verdict)})
        </label>
      ))}
    </fieldset>
  );
}

function List({ asked, show, chosen }: Omit<AffectedProps, "totals">) {
  const kinds = { datasets: show === "datasets", jobs: show === "jobs", columns: show === "columns" };
  const variables = { ...asked, verdicts: chosen ?? null, ...kinds };
  const pages = useSuspenseInfiniteQuery(
    paged(AffectedQuery, variables, (page) => page.impact[show]?.pageInfo),
  );
  const edges = pages.data.pages.flatMap((page) => page.impact[show]?.edges ?? []);
  const total = pages.data.pages[0]?.impact[show]?.totalCount ?? 0;
  if (edges.length === 0)
    return <Empty>{chosen ? `No ${show} have this verdict.` : `No ${show} are downstream.`}</Empty>;
  return (
    <>
      <p className="muted">{plural(total, show.slice(0, -1))}, the worst first, then the nearest</p>
      <table className="affected stacking">
        <thead>
          <tr>
            <th scope="col">Verdict</th>
            <th scope="col">What</th>
            <th scope="col" className="number">
              Steps
            </th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {edges.map(({ node, cursor }) => (
            <Row key={cursor} item={node} />
          ))}
        </tbody>
      </table>
      <LoadMore shown={edges.length} total={total} query={pages} />
    </>
  );
}

function Row({ item }: { item: Item }) {
  const { node } = item;
  const namespace = node.__typename === "Column" ? node.dataset.namespace : node.namespace;
  return (
    <tr data-testid="impact-row" data-verdict={item.verdict}>
      <td>
        <VerdictBadge verdict={item.verdict} />
      </td>
      <td className="wide">
        <EntityLink of={node} icon /> <NamespaceLink name={namespace} />
      </td>
      <td className="number">
        {item.distance}
        <span className="stacked-only"> {item.distance === 1 ? "step" : "steps"} away</span>
      </td>
      <td className="wide why">
        <span className="reason">{item.reason}</span>
        {item.proof.length ? (
          <details>
            <summary>
              {item.verdict === "SAFE" ? "The way there" : "Proof"}, {plural(item.proof.length, "step")}
              <span className="visually-hidden"> to {entityName(node)}</span>
            </summary>
            <Proof steps={item.proof} />
          </details>
        ) : null}
      </td>
    </tr>
  );
}
