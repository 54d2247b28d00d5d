// The events of a run in the order of their times, each as it was sent.
import { useSuspenseQuery } from "@tanstack/react-query";
import { query } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { Json } from "../../ui/Json";
import { Empty, Panel } from "../../ui/Panel";
import { Time } from "../../ui/Time";
import type { RunKey } from "./params";

const EventsQuery = graphql(`
  query RunEvents($id: ID!, $jobns: String, $job: String) {
    run(id: $id, jobNamespace: $jobns, jobName: $job) {
      events { seq eventType eventTime body }
    }
  }
`);

export function Events({ of }: { of: RunKey }) {
  return (
    <Panel title="Events" lines={6}>
      <List of={of} />
    </Panel>
  );
}

function List({ of }: { of: RunKey }) {
  const { data } = useSuspenseQuery(query(EventsQuery, { ...of }));
  const events = data.run?.events ?? [];
  if (events.length === 0) return <Empty>It has sent no event itself.</Empty>;
  return events.map((event) => (
    <details key={event.seq} className="version" data-testid="run-event">
      <summary>
        <span className="badge">{event.eventType ?? "no type"}</span> <Time at={event.eventTime} exact />{" "}
        <span className="muted">log entry {event.seq}</span>
      </summary>
      <Json value={event.body} />
    </details>
  ));
}
