// What changed in the lineage around a dataset or job between two instants.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { paged } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { count, plural } from "../../lib/format";
import { LoadMore } from "../../ui/LoadMore";
import { ColumnLink, DatasetLink, JobLink } from "../../ui/links";
import { Name } from "../../ui/Name";
import { Empty, Panel } from "../../ui/Panel";
import { ChangesForm } from "./ChangesForm";
import { type ChangesParams, comparison, inOrder, type Scope } from "./params";
import { differenceLook, kindTitle, saidWords, same } from "./words";

const DiffQuery = graphql(`
  query LineageDiff(
    $before: LineageState!, $after: LineageState!, $direction: LineageDirection!, $depth: Int, $cursor: String
  ) {
    lineageDiff(
      before: $before, after: $after, direction: $direction, maxDepth: $depth, first: 100, afterCursor: $cursor
    ) {
      totalCount
      counts { kind added removed changed }
      changes {
        kind difference before after
        thing { namespace name column }
        to { namespace name column }
        job { namespace name }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

type Diff = ResultOf<typeof DiffQuery>["lineageDiff"];
type Change = Diff["changes"][number];

export function ChangesTab({ of }: { of: Scope }) {
  const params: ChangesParams = useSearch({ strict: false });
  // The clock of when the tab was opened: it must not ask anew whenever it is drawn.
  const [now] = useState(() => Date.now());
  return (
    <div className="changes">
      <Panel title="Between when, and around what">
        <ChangesForm params={params} now={now} />
      </Panel>
      <Panel key={JSON.stringify(comparison(of, params, now))} title="What changed" lines={8}>
        {inOrder(params, now) ? (
          <Changes of={of} params={params} now={now} />
        ) : (
          <Empty>The second moment must be after the first.</Empty>
        )}
      </Panel>
    </div>
  );
}

function Changes({ of, params, now }: { of: Scope; params: ChangesParams; now: number }) {
  const asked = comparison(of, params, now);
  const pages = useSuspenseInfiniteQuery(
    paged(DiffQuery, asked, (page) => page.lineageDiff.pageInfo, "cursor"),
  );
  const first = pages.data.pages[0]?.lineageDiff;
  const changes = pages.data.pages.flatMap((page) => page.lineageDiff.changes);
  if (!first || first.totalCount === 0)
    return (
      <Empty>
        {params.again
          ? "Everything that was there then was seen again since, and nothing came."
          : "Nothing changed. Choose an earlier moment, or ask for what was not seen again."}
      </Empty>
    );
  const groups = Map.groupBy(changes, (change) => change.kind);
  return (
    <>
      <p role="status" data-testid="changes-total">
        {plural(first.totalCount, "change")}
      </p>
      <Counts of={first.counts} />
      {[...groups].map(([kind, all]) => (
        <section key={kind} aria-label={kindTitle(kind)}>
          <h3>{kindTitle(kind)}</h3>
          <ul className="rows">
            {all.map((change) => (
              <Row key={JSON.stringify([change.thing, change.to, change.job])} of={change} />
            ))}
          </ul>
        </section>
      ))}
      <LoadMore shown={changes.length} total={first.totalCount} query={pages} />
    </>
  );
}

function Counts({ of }: { of: Diff["counts"] }) {
  return (
    <table className="counts-table change-counts">
      <thead>
        <tr>
          <th scope="col">What</th>
          {(["ADDED", "REMOVED", "CHANGED"] as const).map((difference) => (
            <th key={difference} scope="col" className="number">
              <Sign of={difference} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {of.map((one) => (
          <tr key={one.kind}>
            <th scope="row">{kindTitle(one.kind)}</th>
            {[one.added, one.removed, one.changed].map((value, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the places are fixed
              <td key={i} className={value ? "number" : "number muted"}>
                {count(value)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Sign({ of }: { of: Change["difference"] }) {
  const look = differenceLook(of);
  return (
    <span className={`badge tone-${look.tone}`}>
      <span aria-hidden="true">{look.sign}</span> {look.word}
    </span>
  );
}

function Row({ of }: { of: Change }) {
  return (
    <li data-testid="lineage-change" data-kind={of.kind} data-difference={of.difference}>
      <Sign of={of.difference} />
      <span className="change-what">
        <Place of={of.thing} change={of} />
        {of.to ? (
          <>
            <span aria-hidden="true"> → </span>
            <span className="visually-hidden"> to </span>
            <Place of={of.to} change={of} />
          </>
        ) : null}
      </span>
      <Said of={of} />
      {of.job ? (
        <span className="muted">
          by <JobLink of={of.job} />
        </span>
      ) : null}
    </li>
  );
}

function Place({ of, change }: { of: Change["thing"]; change: Change }) {
  if (of.column !== null)
    return (
      <ColumnLink dataset={of} name={of.column}>
        <Name of={of.name} />
        <wbr />.<code>{of.column}</code>
      </ColumnLink>
    );
  if (change.kind === "JOB") return <JobLink of={of} icon />;
  // An edge may end at its job: what is read, and not known what for. The job is linked beside it.
  if (change.kind === "EDGE" && same(of, change.job))
    return (
      <span>
        the job <Name of={of.name} />
      </span>
    );
  return <DatasetLink of={of} icon={change.kind === "DATASET"} />;
}

function Said({ of }: { of: Change }) {
  const { kind, before, after } = of;
  if (before !== null && after !== null)
    return (
      <span className="muted">
        from <code>{saidWords(kind, before)}</code> to <code>{saidWords(kind, after)}</code>
      </span>
    );
  const said = before ?? after;
  return said === null ? null : <span className="muted">{saidWords(kind, said)}</span>;
}
