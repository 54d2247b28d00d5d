// The search page's part of the address.
import { list, type RawSearch, someOf, text } from "../../lib/search-params";

export const searchKinds = ["DATASET", "JOB", "COLUMN"] as const;
export type SearchKind = (typeof searchKinds)[number];
export type Filter = "kind" | "ns" | "tag" | "owner";

export interface SearchParams {
  q?: string;
  kind?: SearchKind[];
  ns?: string[];
  tag?: string[];
  owner?: string[];
}

export function readSearch(raw: RawSearch): SearchParams {
  return {
    q: text(raw.q),
    kind: someOf(raw.kind, searchKinds),
    ns: list(raw.ns),
    tag: list(raw.tag),
    owner: list(raw.owner),
  };
}
