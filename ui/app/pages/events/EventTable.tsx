// Events as a table: the number of an event is the link to its details.
import { Link, useNavigate } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import { plural } from "../../lib/format";
import { DatasetLink, JobLink } from "../../ui/links";
import { Time } from "../../ui/Time";
import type { EventRow } from "./EventFeed";
import { ProducerName } from "./ProducerName";
import type { EventsParams } from "./params";

const tones = { START: "busy", RUNNING: "busy", COMPLETE: "ok", ABORT: "warn", FAIL: "bad", OTHER: "plain" };

export function TypeBadge({ event }: { event: Pick<EventRow, "kind" | "eventType"> }) {
  if (event.kind !== "RUN") return <span className="badge">{event.kind === "JOB" ? "job" : "dataset"}</span>;
  if (!event.eventType) return <span className="badge">run</span>;
  return <span className={`badge tone-${tones[event.eventType]}`}>{event.eventType}</span>;
}

export function Outcome({ event }: { event: Pick<EventRow, "outcome" | "repeats"> }) {
  if (!event.repeats) return <span className="muted">accepted</span>;
  return (
    <span
      className="badge"
      title={`The same event came ${plural(event.repeats.times, "more time")} and changed nothing`}
    >
      repeated {event.repeats.times}×
    </span>
  );
}

export function EventTable({ rows, search }: { rows: readonly EventRow[]; search: EventsParams }) {
  return (
    <div className="table-box">
      <table className="events">
        <thead>
          <tr>
            <th>Event</th>
            <th className="roomy">Arrived</th>
            <th>Type</th>
            <th>About</th>
            <th className="minor">Producer</th>
            <th className="minor">Outcome</th>
            <th>Findings</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((event) => (
            <Row key={event.seq} event={event} search={search} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ event, search }: { event: EventRow; search: EventsParams }) {
  const navigate = useNavigate();
  const opened = { ...search, seq: event.seq };
  const open = (click: MouseEvent) => {
    if ((click.target as HTMLElement).closest("a, button") || getSelection()?.toString()) return;
    navigate({ to: "/events", search: opened });
  };
  return (
    <tr
      className="opening"
      data-testid="event-row"
      aria-current={event.seq === search.seq || undefined}
      onClick={open}
    >
      <td>
        <Link className="event-link entity" to="/events" search={opened} resetScroll={false}>
          {event.seq}
        </Link>
      </td>
      <td className="roomy">
        <Time at={event.receivedAt} />
      </td>
      <td>
        <TypeBadge event={event} />
      </td>
      <td className="wide">
        {event.job ? <JobLink of={event.job} icon /> : null}
        {event.dataset ? <DatasetLink of={event.dataset} icon /> : null}
        <div className="muted tight">
          <Time at={event.receivedAt} />
        </div>
      </td>
      <td className="minor">
        <ProducerName uri={event.producer} />
      </td>
      <td className="minor">
        <Outcome event={event} />
      </td>
      <td>
        {event.findingCount ? (
          <span className="badge tone-warn">{event.findingCount}</span>
        ) : (
          <span className="muted">none</span>
        )}
      </td>
    </tr>
  );
}
