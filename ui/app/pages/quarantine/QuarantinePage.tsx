// Events that could not be understood, and why: what a producer's author needs to repair it.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { paged } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { Json } from "../../ui/Json";
import { LoadMore } from "../../ui/LoadMore";
import { Empty, Panel } from "../../ui/Panel";
import { Time } from "../../ui/Time";

const QuarantineQuery = graphql(`
  query Quarantine($after: String) {
    quarantine(first: 25, after: $after) {
      totalCount
      edges { node { id receivedAt reason pointer body } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export function QuarantinePage() {
  return (
    <div className="page">
      <title>Events not understood · Headwater</title>
      <h1>Events not understood</h1>
      <Panel title="Newest first" lines={8}>
        <List />
      </Panel>
    </div>
  );
}

function List() {
  const pages = useSuspenseInfiniteQuery(paged(QuarantineQuery, {}, (page) => page.quarantine.pageInfo));
  const all = pages.data.pages.flatMap((page) => page.quarantine.edges.map((edge) => edge.node));
  if (all.length === 0) return <Empty>Every event was understood.</Empty>;
  return (
    <>
      {all.map((event) => (
        <details key={event.id} className="version">
          <summary>
            <Time at={event.receivedAt} /> {event.reason}
            {event.pointer ? (
              <>
                {" at "}
                <code>{event.pointer}</code>
              </>
            ) : null}
          </summary>
          <Json value={readable(event.body)} />
        </details>
      ))}
      <LoadMore shown={all.length} total={pages.data.pages[0]?.quarantine.totalCount ?? 0} query={pages} />
    </>
  );
}

/** The body as JSON where it is that, else as the text it is. */
function readable(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
