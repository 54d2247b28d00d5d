// What could not be understood, why, and a way to try again.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { paged } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { plural } from "../../lib/format";
import { LoadMore } from "../../ui/LoadMore";
import { Time } from "../../ui/Time";
import { Replay } from "./Replay";

export const QuarantineQuery = graphql(`
  query Quarantine($after: String) {
    quarantine(first: 25, after: $after) {
      totalCount
      edges { node { id receivedAt times lastAt reason pointer body whole replayed { at seq } } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export type Refused = ResultOf<typeof QuarantineQuery>["quarantine"]["edges"][number]["node"];

export function Quarantine() {
  const pages = useSuspenseInfiniteQuery({
    ...paged(QuarantineQuery, {}, (page) => page.quarantine.pageInfo),
    refetchInterval: 10_000,
  });
  const all = pages.data.pages.flatMap((page) => page.quarantine.edges.map((edge) => edge.node));
  if (all.length === 0) return <Nothing />;
  return (
    <>
      <p className="total">
        Each was answered with 400 and its reason. Correct the producer; to bring in what was lost, correct
        the body and send it again.
      </p>
      {all.map((event) => (
        <Entry key={event.id} event={event} />
      ))}
      <LoadMore shown={all.length} total={pages.data.pages[0]?.quarantine.totalCount ?? 0} query={pages} />
    </>
  );
}

function Entry({ event }: { event: Refused }) {
  return (
    <details className="version" data-testid="refused">
      <summary>
        <span className="muted">
          <Time at={event.lastAt} />
        </span>{" "}
        {event.reason}
        {event.pointer ? (
          <>
            {" at "}
            <code>{event.pointer}</code>
          </>
        ) : null}
        {event.times > 1 ? <span className="badge">came {plural(event.times, "time")}</span> : null}
        {event.replayed ? <span className="badge tone-ok">replayed</span> : null}
      </summary>
      {event.replayed ? (
        <p className="muted">
          Replayed <Time at={event.replayed.at} />, now{" "}
          <Link to="/events" search={{ seq: event.replayed.seq }}>
            event {event.replayed.seq}
          </Link>
          .
        </p>
      ) : null}
      <Replay event={event} />
    </details>
  );
}

function Nothing() {
  return (
    <div className="no-hits">
      <p>Every event was understood.</p>
      <p className="muted">
        An event comes here when what identifies it is missing or wrong: no job, no event time, no run id, or
        a body that is no JSON. Anything else that is odd is kept, and counted as a finding of its{" "}
        <Link to="/events" search={{ tab: "producers" }}>
          producer
        </Link>
        . To try an event without storing it, post it to <code>/api/v1/lineage/dry-run</code>.
      </p>
    </div>
  );
}
