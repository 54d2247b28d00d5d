// The column page's part of the address: the tab, and what it reads of it.
import { oneOf, type RawSearch } from "../../lib/search-params";
import { type ImpactParams, readImpact } from "../impact/params";

export const columnTabs = ["overview", "impact"] as const;
export type ColumnTab = (typeof columnTabs)[number];

export interface ColumnParams extends ImpactParams {
  tab?: ColumnTab;
}

export function readColumn(raw: RawSearch): ColumnParams {
  return { tab: oneOf(raw.tab, columnTabs), ...readImpact(raw) };
}
