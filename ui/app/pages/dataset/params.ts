// The dataset page's part of the address: the tab, and the lineage view's own.

import { oneOf, type RawSearch } from "../../lib/search-params";
import { type LineageParams, readLineage } from "../../lineage/params";

export const datasetTabs = ["overview", "schema", "lineage", "runs", "facets"] as const;
export type DatasetTab = (typeof datasetTabs)[number];

export interface DatasetParams extends LineageParams {
  tab?: DatasetTab;
}

export function readDataset(raw: RawSearch): DatasetParams {
  return { tab: oneOf(raw.tab, datasetTabs), ...readLineage(raw) };
}
