// The part of an address that says between which instants lineage is compared, and around what.
import { flag, integer, oneOf, type RawSearch, text } from "../../lib/search-params";

export const ways = ["up", "down", "both"] as const;
export type Way = (typeof ways)[number];

export interface ChangesParams {
  /** Event time, ISO. */
  since?: string;
  /** Now when left out. */
  until?: string;
  way?: Way;
  /** Dataset steps; all the way when left out. */
  steps?: number;
  /** Only what was seen again since then counts as still there. */
  again?: true;
}

function instant(value: unknown): string | undefined {
  const said = text(value);
  return said && !Number.isNaN(Date.parse(said)) ? said : undefined;
}

export function readChanges(raw: RawSearch): ChangesParams {
  return {
    since: instant(raw.since),
    until: instant(raw.until),
    way: oneOf(raw.way, ways),
    steps: integer(raw.steps, 1, 20),
    again: flag(raw.again),
  };
}

const day = 86_400_000;

/** So many days before now, at midnight UTC: the same answer all day long. */
export function daysAgo(days: number, now: number): string {
  return new Date(Math.floor(now / day) * day - days * day).toISOString();
}

/** What is compared when the address does not say. */
export const usualDays = 7;

const directions = { up: "UPSTREAM", down: "DOWNSTREAM", both: "BOTH" } as const;

export type Scope = { kind: "dataset" | "job"; namespace: string; name: string };

/** The question for the server. */
export function comparison(scope: Scope, params: ChangesParams, now: number) {
  const since = params.since ?? daysAgo(usualDays, now);
  const named = [{ namespace: scope.namespace, name: scope.name }];
  const from = scope.kind === "job" ? { jobs: named } : { datasets: named };
  return {
    before: { from, asOf: since },
    after: { from, asOf: params.until ?? null, seenSince: params.again ? since : null },
    direction: directions[params.way ?? "both"],
    depth: params.steps ?? null,
  };
}

/** False when the second moment is not after the first. */
export function inOrder(params: ChangesParams, now: number): boolean {
  const since = Date.parse(params.since ?? daysAgo(usualDays, now));
  return since < (params.until ? Date.parse(params.until) : now);
}
