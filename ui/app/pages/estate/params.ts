// The estate page's part of the address.
import { flag, integer, oneOf, type RawSearch, someOf, text } from "../../lib/search-params";
import { type AsOfParams, readAsOf } from "../../ui/AsOf";

export const estateTabs = ["stale", "datasets", "columns", "points", "matrix"] as const;
export type EstateTab = (typeof estateTabs)[number];

export const staleStates = ["STALE", "BEHIND", "UNKNOWN"] as const;
export const datasetUsages = ["DEAD", "DECLARED_ONLY", "TOO_YOUNG"] as const;
export const columnUsages = ["DEAD", "UNKNOWN"] as const;

export const pointKinds = ["DATASET", "JOB"] as const;

export interface EstateParams extends AsOfParams {
  tab?: EstateTab;
  /** Only of this namespace. */
  within?: string;
  state?: (typeof staleStates)[number][];
  /** How many days back reads are looked for. */
  days?: number;
  usage?: (typeof datasetUsages)[number][];
  /** Of single points of failure which kinds. */
  kind?: (typeof pointKinds)[number][];
  /** Only what at least so many datasets hang on. */
  least?: number;
  /** Only what goes from one namespace to another. */
  across?: true;
  /** The plan that makes everything good is open. */
  plan?: true;
}

export const usualDays = 90;

export function readEstate(raw: RawSearch): EstateParams {
  return {
    tab: oneOf(raw.tab, estateTabs),
    within: text(raw.within),
    state: someOf(raw.state, staleStates),
    days: integer(raw.days, 1, 3650),
    usage: someOf(raw.usage, datasetUsages),
    kind: someOf(raw.kind, pointKinds),
    least: integer(raw.least, 1, 1_000_000),
    across: flag(raw.across),
    plan: flag(raw.plan),
    ...readAsOf(raw),
  };
}

/** The filter of a list that is of one namespace; null of all. */
export function only(ns: string | undefined) {
  return ns ? { namespaces: [ns] } : null;
}
