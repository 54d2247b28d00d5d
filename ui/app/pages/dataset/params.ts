// The dataset page's part of the address: the tab, and what its tabs read of it.

import { oneOf, type RawSearch } from "../../lib/search-params";
import { type LineageParams, readLineage } from "../../lineage/params";
import { type ChangesParams, readChanges } from "../changes/params";
import { type FreshnessParams, readFreshness } from "../freshness/words";
import { type ImpactParams, readImpact } from "../impact/params";

export const datasetTabs = [
  "overview",
  "schema",
  "lineage",
  "impact",
  "freshness",
  "changes",
  "runs",
  "facets",
] as const;
export type DatasetTab = (typeof datasetTabs)[number];

export interface DatasetParams extends LineageParams, ChangesParams, ImpactParams, FreshnessParams {
  tab?: DatasetTab;
}

export function readDataset(raw: RawSearch): DatasetParams {
  return {
    tab: oneOf(raw.tab, datasetTabs),
    ...readLineage(raw),
    ...readImpact(raw),
    ...readChanges(raw),
    ...readFreshness(raw),
  };
}
