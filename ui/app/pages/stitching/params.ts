// The stitching page's part of the address, and its words.
import { flag, type RawSearch, someOf } from "../../lib/search-params";

export const stitchingKinds = ["PORT", "SCHEME", "QUOTING", "SLASH", "BROKERS", "CASE", "HOST"] as const;
export type StitchingKind = (typeof stitchingKinds)[number];

export interface StitchingParams {
  by?: StitchingKind[];
  /** Groups that are joined already too. */
  joined?: true;
}

export function readStitching(raw: RawSearch): StitchingParams {
  return { by: someOf(raw.by, stitchingKinds), joined: flag(raw.joined) };
}

const words: Record<StitchingKind, string> = {
  PORT: "port",
  SCHEME: "scheme",
  QUOTING: "quotes",
  SLASH: "slash",
  BROKERS: "broker list",
  CASE: "upper and lower case",
  HOST: "host",
};

export function kindWord(kind: StitchingKind): string {
  return words[kind];
}

/** "port, scheme and quotes" */
export function sentence(kinds: readonly StitchingKind[]): string {
  const all = kinds.map(kindWord);
  const last = all.pop() ?? "";
  return all.length ? `${all.join(", ")} and ${last}` : last;
}
