// One event: what became of it, what is odd, what its facets are good for, and its JSON as the log keeps it.
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { query } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { plural } from "../../lib/format";
import { Fact, Facts } from "../../ui/Facts";
import { Icon } from "../../ui/Icon";
import { DatasetLink, JobLink, RunLink } from "../../ui/links";
import { Empty } from "../../ui/Panel";
import { RawJson } from "../../ui/RawJson";
import { Time } from "../../ui/Time";
import { Words } from "../../ui/Words";
import { Outcome, TypeBadge } from "./EventTable";
import { ProducerName } from "./ProducerName";

const EventQuery = graphql(`
  query EventDetail($seq: Long!) {
    event(seq: $seq) {
      seq hash receivedAt eventTime kind eventType producer outcome raw
      repeats { times lastAt }
      findings { code description pointer }
      facets { pointer container key usage why }
      job { namespace name }
      run { id job { namespace name } }
      dataset { namespace name }
      inputs { namespace name }
      outputs { namespace name }
    }
  }
`);

type Detail = NonNullable<ResultOf<typeof EventQuery>["event"]>;

interface EventDetailProps {
  seq: number;
  onClose: () => void;
}

export function EventDetail({ seq, onClose }: EventDetailProps) {
  const { data } = useSuspenseQuery(query(EventQuery, { seq }));
  const [mark, setMark] = useState<string>();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // On a narrow page the details come above the list.
    if (!matchMedia("(min-width: 1101px)").matches) title.current?.scrollIntoView({ block: "center" });
  }, []);
  const { event } = data;
  return (
    <aside className="panel event-detail" aria-labelledby="event-title" data-testid="event-detail">
      <header>
        <h2 id="event-title" ref={title}>
          Event {seq}
        </h2>
        <button
          type="button"
          className="icon-button"
          onClick={onClose}
          aria-label="Close"
          title="Close (Esc)"
        >
          <Icon name="close" />
        </button>
      </header>
      {event ? (
        <>
          <Overview event={event} />
          <Findings event={event} onPoint={setMark} />
          <FacetUses event={event} onPoint={setMark} />
          <h3>As the log keeps it</h3>
          <RawJson text={event.raw} mark={mark} label="The event as JSON" />
        </>
      ) : (
        <Empty>The log has no event with this number.</Empty>
      )}
    </aside>
  );
}

function Overview({ event }: { event: Detail }) {
  return (
    <Facts>
      <Fact name="Outcome">
        <Outcome event={event} />
        {event.repeats ? (
          <>
            , last <Time at={event.repeats.lastAt} />
          </>
        ) : null}
      </Fact>
      <Fact name="Type">
        <TypeBadge event={event} />
      </Fact>
      <Fact name="Arrived">
        <Time at={event.receivedAt} exact />
      </Fact>
      <Fact name="Happened">
        <Time at={event.eventTime} exact />
      </Fact>
      <Fact name="Producer">
        <Link
          to="/events"
          search={event.producer === null ? { unnamed: true } : { producer: event.producer }}
          title="All of its events"
        >
          <ProducerName uri={event.producer} />
        </Link>
      </Fact>
      {event.job ? (
        <Fact name="Job">
          <JobLink of={event.job} icon />
        </Fact>
      ) : null}
      {event.run ? (
        <Fact name="Run">
          <RunLink run={event.run} />
        </Fact>
      ) : null}
      {event.dataset ? (
        <Fact name="Dataset">
          <DatasetLink of={event.dataset} icon />
        </Fact>
      ) : null}
      <Datasets name="Reads" of={event.inputs} />
      <Datasets name="Writes" of={event.outputs} />
    </Facts>
  );
}

function Datasets({ name, of }: { name: string; of: Detail["inputs"] }) {
  const [all, setAll] = useState(false);
  if (of.length === 0) return null;
  const shown = all ? of : of.slice(0, 8);
  return (
    <Fact name={name}>
      <ul>
        {shown.map((dataset) => (
          <li key={`${dataset.namespace} ${dataset.name}`}>
            <DatasetLink of={dataset} icon />
          </li>
        ))}
      </ul>
      {shown.length < of.length ? (
        <button type="button" className="plain" onClick={() => setAll(true)}>
          and {plural(of.length - shown.length, "more dataset")}
        </button>
      ) : null}
    </Fact>
  );
}

interface PointingProps {
  event: Detail;
  onPoint: (pointer: string) => void;
}

function Findings({ event, onPoint }: PointingProps) {
  return (
    <>
      <h3>Findings</h3>
      {event.findings.length === 0 ? <Empty>It keeps to the specification.</Empty> : null}
      <ul className="rows">
        {event.findings.map((finding) => (
          <li key={`${finding.code} ${finding.pointer}`} className="stacked" data-testid="event-finding">
            <div className="row-head">
              <span className="badge tone-warn">{finding.code}</span>
              <Pointer to={finding.pointer} onPoint={onPoint} />
            </div>
            <span>
              <Words of={finding.description} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

const usageTones = { USED: "ok", STORED: "busy", IGNORED: "warn" };

function FacetUses({ event, onPoint }: PointingProps) {
  return (
    <>
      <h3>Facets: used, stored or ignored</h3>
      {event.facets.length === 0 ? <Empty>It has no facets.</Empty> : null}
      <ul className="rows">
        {event.facets.map((facet) => (
          <li key={facet.pointer} className="stacked" data-testid="event-facet">
            <div className="row-head">
              <span className={`badge tone-${usageTones[facet.usage]}`}>{facet.usage.toLowerCase()}</span>
              <Pointer to={facet.pointer} onPoint={onPoint} />
            </div>
            <span className="muted">
              <Words of={facet.why} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** A place in the event; a click shows it in the JSON below. */
function Pointer({ to, onPoint }: { to: string; onPoint: (pointer: string) => void }) {
  return (
    <button type="button" className="plain pointer" title="Show it in the JSON" onClick={() => onPoint(to)}>
      <code>{to || "the whole event"}</code>
    </button>
  );
}
