// The events page's part of the address, and the filter that it makes.
import { flag, integer, oneOf, type RawSearch, text } from "../../lib/search-params";

export const eventsTabs = ["events", "quarantine", "producers"] as const;
export type EventsTab = (typeof eventsTabs)[number];
export const eventTypes = ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"] as const;
export const eventKinds = ["RUN", "JOB", "DATASET"] as const;
export const outcomes = ["ACCEPTED", "REPEATED"] as const;

export interface EventsParams {
  tab?: EventsTab;
  q?: string;
  type?: (typeof eventTypes)[number];
  /** RUN, JOB or DATASET events; `kind` is the search page's. */
  of?: (typeof eventKinds)[number];
  outcome?: (typeof outcomes)[number];
  namespace?: string;
  job?: string;
  run?: string;
  producer?: string;
  /** Events that name no producer. */
  unnamed?: true;
  finding?: string;
  /** Hours of the server's past. */
  hours?: number;
  /** The event that is looked at. */
  seq?: number;
  paused?: true;
}

export function readEvents(raw: RawSearch): EventsParams {
  return {
    tab: oneOf(raw.tab, eventsTabs),
    q: text(raw.q),
    type: oneOf(raw.type, eventTypes),
    of: oneOf(raw.of, eventKinds),
    outcome: oneOf(raw.outcome, outcomes),
    namespace: text(raw.namespace),
    job: text(raw.job),
    run: text(raw.run),
    producer: text(raw.producer),
    unnamed: flag(raw.unnamed),
    finding: text(raw.finding),
    hours: integer(raw.hours, 1, 8760),
    seq: integer(raw.seq, 1, Number.MAX_SAFE_INTEGER),
    paused: flag(raw.paused),
  };
}

/** What is filtered by, as words for chips; the key is what to drop. */
export function chosen(params: EventsParams): { key: keyof EventsParams; label: string }[] {
  const all: { key: keyof EventsParams; label: string | undefined }[] = [
    { key: "q", label: params.q && `“${params.q}”` },
    { key: "type", label: params.type && `type ${params.type}` },
    { key: "of", label: params.of && `${params.of.toLowerCase()} events` },
    { key: "outcome", label: params.outcome?.toLowerCase() },
    { key: "namespace", label: params.namespace && `namespace ${params.namespace}` },
    { key: "job", label: params.job && `job ${params.job}` },
    { key: "run", label: params.run && `run ${params.run}` },
    { key: "producer", label: params.producer && `producer ${params.producer}` },
    { key: "unnamed", label: params.unnamed && "no producer named" },
    { key: "finding", label: params.finding && `finding ${params.finding}` },
    { key: "hours", label: params.hours === undefined ? undefined : `last ${params.hours} h` },
  ];
  return all.filter((one): one is { key: keyof EventsParams; label: string } => Boolean(one.label));
}

/** The filter of the query; `now` in milliseconds. */
export function toFilter(params: EventsParams, now: number) {
  return {
    text: params.q,
    eventType: params.type,
    kind: params.of,
    outcome: params.outcome,
    namespace: params.namespace,
    job: params.job,
    runId: params.run,
    producer: params.unnamed ? "" : params.producer,
    finding: params.finding,
    since: params.hours ? new Date(now - params.hours * 3_600_000).toISOString() : undefined,
  };
}
