// Events newest first, with a live tail above what was there when the page was opened.
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { paged, query } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { cutBecause } from "../../lib/cut";
import { plural } from "../../lib/format";
import { isTyping } from "../../shell/keys";
import { useWalk } from "../../shell/useWalk";
import { Boundary, Failure } from "../../ui/Boundary";
import { LoadMore } from "../../ui/LoadMore";
import { Skeleton } from "../../ui/Skeleton";
import { EventDetail } from "./EventDetail";
import { EventFilters } from "./EventFilters";
import { EventTable } from "./EventTable";
import { chosen, type EventsParams, toFilter } from "./params";

const eventRow = graphql(`
  fragment EventRow on Event {
    seq receivedAt eventTime kind eventType producer outcome findingCount
    repeats { times }
    job { namespace name }
    dataset { namespace name }
  }
`);

export type EventRow = ResultOf<typeof eventRow>;

const FeedQuery = graphql(
  `
  query EventFeed($filter: EventFilter, $after: String) {
    events(first: 50, after: $after, filter: $filter) {
      totalCount complete truncatedBecause incompleteReason
      edges { node { ...EventRow } }
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [eventRow],
);

const TailQuery = graphql(
  `
  query EventTail($filter: EventFilter) {
    events(first: 100, filter: $filter) {
      edges { node { ...EventRow } }
      pageInfo { hasNextPage }
    }
  }
`,
  [eventRow],
);

/** How often the tail asks, milliseconds. */
const pace = 2_000;

export function EventFeed() {
  const search = useSearch({ from: "/events" });
  const navigate = useNavigate();
  const set = (change: Partial<EventsParams>) =>
    navigate({ to: "/events", search: { ...search, ...change } });
  const filter = useFilter(search);
  const pages = useInfiniteQuery({
    ...paged(FeedQuery, { filter }, (page) => page.events.pageInfo),
    placeholderData: keepPreviousData,
  });
  const first = pages.data?.pages[0]?.events;
  const old = pages.data?.pages.flatMap((page) => page.events.edges.map((edge) => edge.node)) ?? [];
  const tail = useQuery({
    ...query(TailQuery, { filter: { ...filter, afterSeq: old[0]?.seq ?? 0 } }),
    enabled: first !== undefined && !search.paused && !pages.isPlaceholderData,
    refetchInterval: pace,
    staleTime: 0,
  });
  const fresh = first && !pages.isPlaceholderData ? tail.data?.events : undefined;
  const known = new Set(old.map((event) => event.seq));
  const rows = [...(fresh?.edges.map((edge) => edge.node).filter((e) => !known.has(e.seq)) ?? []), ...old];
  const arrived = rows.length - old.length;
  useWalk("[data-testid=event-row] a.event-link", rows.length);
  useEscape(search.seq === undefined ? undefined : () => set({ seq: undefined }));
  return (
    <div className={search.seq === undefined ? "feed" : "feed with-detail"}>
      <section aria-label="Events, newest first" aria-busy={pages.isFetching && !first}>
        <EventFilters search={search} onChange={set} />
        <p className="total" role="status">
          {first ? plural(first.totalCount + arrived, "event") : "Looking…"}
          {arrived ? `, ${arrived} since the page was opened` : ""}
        </p>
        {cutBecause(first) ? <p className="notice">Not all can be seen: {cutBecause(first)}.</p> : null}
        {fresh?.pageInfo.hasNextPage ? (
          <p className="notice">
            More than 100 events came since.{" "}
            <button type="button" className="plain" onClick={() => pages.refetch()}>
              Read the list again
            </button>
          </p>
        ) : null}
        {pages.error ? <Failure error={pages.error} onRetry={() => pages.refetch()} /> : null}
        {pages.isPending ? <Skeleton lines={10} /> : null}
        {first && rows.length === 0 ? <Nothing search={search} onChange={set} /> : null}
        {rows.length ? <EventTable rows={rows} search={search} /> : null}
        <LoadMore shown={rows.length} total={(first?.totalCount ?? 0) + arrived} query={pages} />
      </section>
      {search.seq === undefined ? null : (
        <Boundary key={search.seq} lines={8}>
          <EventDetail seq={search.seq} onClose={() => set({ seq: undefined })} />
        </Boundary>
      )}
    </div>
  );
}

/** The filter as it is now: "the last hour" must not move with every drawing. */
function useFilter(search: EventsParams) {
  const { seq: _, paused: __, tab: ___, ...wanted } = search;
  const key = JSON.stringify(wanted);
  const [held, setHeld] = useState(() => ({ key, filter: toFilter(wanted, Date.now()) }));
  if (held.key === key) return held.filter;
  const filter = toFilter(wanted, Date.now());
  setHeld({ key, filter });
  return filter;
}

function useEscape(close: (() => void) | undefined): void {
  useEffect(() => {
    if (!close) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !isTyping(event.target) && !document.querySelector("dialog[open]"))
        close();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [close]);
}

interface NothingProps {
  search: EventsParams;
  onChange: (change: Partial<EventsParams>) => void;
}

function Nothing({ search, onChange }: NothingProps) {
  const filters = chosen(search);
  if (filters.length === 0)
    return (
      <div className="no-hits">
        <p>
          No event has arrived yet. As soon as a pipeline sends one, it is listed here with what became of it.
        </p>
        <Link to="/connect" className="button primary">
          Connect a pipeline
        </Link>
      </div>
    );
  return (
    <div className="no-hits">
      <p>No event fits. Leave out:</p>
      <ul className="chips">
        {filters.map(({ key, label }) => (
          <li key={key}>
            <button type="button" className="chip" onClick={() => onChange({ [key]: undefined })}>
              {label} ×
            </button>
          </li>
        ))}
      </ul>
      <p className="muted">
        What could not be understood is not in this list, see{" "}
        <Link to="/events" search={{ tab: "quarantine" }}>
          Not understood
        </Link>
        .
      </p>
    </div>
  );
}
