// The run page's part of the address. One run id may be shared by several jobs: `jobns` and `job` choose one.
import { oneOf, type RawSearch, text } from "../../lib/search-params";

export const runTabs = ["overview", "events", "facets"] as const;
export type RunTab = (typeof runTabs)[number];

export interface RunParams {
  tab?: RunTab;
  jobns?: string;
  job?: string;
}

export function readRun(raw: RawSearch): RunParams {
  return { tab: oneOf(raw.tab, runTabs), jobns: text(raw.jobns), job: text(raw.job) };
}

/** What every query of this page asks for. */
export interface RunKey {
  id: string;
  jobns: string | null;
  job: string | null;
}
