// What an impact answer says in sentences: on the page, and to the owners.
import { plural } from "../../lib/format";
import { countWords, sumOf, thingsOf, type VerdictTotals } from "../../lib/verdict";
import type { Impact } from "./queries";

export function nothingDownstream({ totals }: { totals: VerdictTotals }): boolean {
  return sumOf(totals.datasets) + sumOf(totals.jobs) + sumOf(totals.columns) === 0;
}

const endings = {
  BREAKS: "break",
  RISKY: "are risky",
  UNKNOWN: "are unknown",
  SAFE: "are safe",
} as const;
const ending = { BREAKS: "breaks", RISKY: "is risky", UNKNOWN: "is unknown", SAFE: "is safe" } as const;

/** "5 datasets and 2 jobs break; 1 dataset is risky." */
export function summary(totals: VerdictTotals): string {
  const parts = (["BREAKS", "RISKY", "UNKNOWN", "SAFE"] as const).flatMap((verdict) => {
    const things = thingsOf(totals, verdict);
    if (!things) return [];
    return [`${things} ${/^1 \w+$/.test(things) ? ending[verdict] : endings[verdict]}`];
  });
  return `${parts.join("; ")}.`;
}

export function typeChangeWords(kind: NonNullable<Impact["typeChange"]>): string {
  return {
    SAME: "The new type is the old one under another spelling.",
    WIDENING: "The new type is wider: it holds every value of the old one.",
    NARROWING: "The new type is narrower: it does not hold every value of the old one.",
    CONVERSION: "The new type holds values of another kind.",
    UNKNOWN:
      "How the new type relates to the old one is not known: one of them is not in the table of types.",
  }[kind];
}

/** What concerns one owner: "3 datasets (1 breaks, 2 risky), 1 job (1 risky)". */
export function concerns(owner: Impact["owners"][number]): string {
  const part = (counts: typeof owner.datasets, word: string) =>
    sumOf(counts) ? `${plural(sumOf(counts), word)} (${countWords(counts)})` : "";
  return [part(owner.datasets, "dataset"), part(owner.jobs, "job")].filter(Boolean).join(", ");
}

/** A text for a ticket, a mail or a chat: the change, the verdict, and a line an owner. Markdown. */
export function message(of: { namespace: string }, sentence: string, impact: Impact, link: string): string {
  const owners = impact.owners.map((owner) => `- ${owner.name ?? "without an owner"}: ${concerns(owner)}`);
  return [
    `If ${sentence} (${of.namespace}): ${summary(impact.totals)}`,
    ...(impact.complete ? [] : ["Not everything downstream could be counted."]),
    "",
    ...owners,
    "",
    link,
  ].join("\n");
}
