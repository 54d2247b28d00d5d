// How a verdict of impact is named, toned and drawn, and how counts of verdicts read. A shape always goes with the colour.
import { count, plural } from "./format";

export const verdicts = ["BREAKS", "RISKY", "UNKNOWN", "SAFE"] as const;
export type Verdict = (typeof verdicts)[number];

export interface VerdictLook {
  label: string;
  glyph: string;
  tone: "ok" | "bad" | "warn" | "plain";
  /** What the verdict says, docs/CHECK.md. */
  meaning: string;
}

const looks: Record<Verdict, VerdictLook> = {
  BREAKS: {
    label: "Breaks",
    glyph: "✕",
    tone: "bad",
    meaning: "Its next run fails, or its value can no longer be made.",
  },
  RISKY: {
    label: "Risky",
    glyph: "!",
    tone: "warn",
    meaning: "It goes on with old, late or other values, or it breaks if inferred lineage is right.",
  },
  UNKNOWN: {
    label: "Unknown",
    glyph: "?",
    tone: "plain",
    meaning: "It reads what is affected, and nobody says how.",
  },
  SAFE: {
    label: "Safe",
    glyph: "✓",
    tone: "ok",
    meaning: "Not touched, and complete column lineage proves it.",
  },
};

export function verdictLook(verdict: Verdict): VerdictLook {
  return looks[verdict];
}

export interface VerdictCounts {
  breaks: number;
  risky: number;
  unknown: number;
  safe: number;
}

const fields = { BREAKS: "breaks", RISKY: "risky", UNKNOWN: "unknown", SAFE: "safe" } as const;

export function countOf(counts: VerdictCounts, verdict: Verdict): number {
  return counts[fields[verdict]];
}

export function sumOf(counts: VerdictCounts): number {
  return verdicts.reduce((sum, verdict) => sum + countOf(counts, verdict), 0);
}

/** "2 break, 1 is risky", without what is none; "" of nothing. */
export function countWords(counts: VerdictCounts): string {
  const { breaks, risky, unknown, safe } = counts;
  return [
    breaks ? `${count(breaks)} ${breaks === 1 ? "breaks" : "break"}` : "",
    risky ? `${count(risky)} risky` : "",
    unknown ? `${count(unknown)} unknown` : "",
    safe ? `${count(safe)} safe` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

export interface VerdictTotals {
  datasets: VerdictCounts;
  jobs: VerdictCounts;
  columns: VerdictCounts;
}

/** "5 datasets, 5 jobs and 16 columns" of one verdict; "" when there is none. */
export function thingsOf(totals: VerdictTotals, verdict: Verdict): string {
  const all = [
    [countOf(totals.datasets, verdict), "dataset"],
    [countOf(totals.jobs, verdict), "job"],
    [countOf(totals.columns, verdict), "column"],
  ] as const;
  const told = all.filter(([n]) => n > 0).map(([n, word]) => plural(n, word));
  const last = told.pop() ?? "";
  return told.length ? `${told.join(", ")} and ${last}` : last;
}
