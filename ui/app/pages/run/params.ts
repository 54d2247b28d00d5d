// The run page's part of the address. One run id may be shared by several jobs: `jobns` and `job` choose one.
import { integer, oneOf, type RawSearch, text } from "../../lib/search-params";

export const runTabs = ["overview", "provenance", "events", "facets"] as const;
export type RunTab = (typeof runTabs)[number];

export interface RunParams {
  tab?: RunTab;
  jobns?: string;
  job?: string;
  /** How far provenance goes; all the way when left out. */
  steps?: number;
}

export function readRun(raw: RawSearch): RunParams {
  return {
    tab: oneOf(raw.tab, runTabs),
    jobns: text(raw.jobns),
    job: text(raw.job),
    steps: integer(raw.steps, 1, 1000),
  };
}

/** What every query of this page asks for. */
export interface RunKey {
  id: string;
  jobns: string | null;
  job: string | null;
}
