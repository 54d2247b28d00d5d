// The job page's part of the address: the tab, the state filter of its runs, and what its other tabs read of it.

import { type RunState, runStates } from "../../lib/run-state";
import { oneOf, type RawSearch, someOf } from "../../lib/search-params";
import { type LineageParams, readLineage } from "../../lineage/params";
import { type ChangesParams, readChanges } from "../changes/params";
import { type ImpactParams, readImpact } from "../impact/params";

export const jobTabs = ["overview", "runs", "lineage", "impact", "repair", "changes", "facets"] as const;
export type JobTab = (typeof jobTabs)[number];

export interface JobParams extends LineageParams, ChangesParams, ImpactParams {
  tab?: JobTab;
  state?: RunState[];
}

export function readJob(raw: RawSearch): JobParams {
  return {
    tab: oneOf(raw.tab, jobTabs),
    state: someOf(raw.state, runStates),
    ...readLineage(raw),
    ...readImpact(raw),
    ...readChanges(raw),
  };
}
