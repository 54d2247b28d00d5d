// The words of the estate page, and how its matrix is laid out.
import { localTime } from "../../lib/format";

export type DatasetUsage = "DEAD" | "DECLARED_ONLY" | "TOO_YOUNG" | "USED";
export type ColumnUsage = "DEAD" | "UNKNOWN" | "USED";

const usages: Record<DatasetUsage | ColumnUsage, [label: string, tone: string, meaning: string]> = {
  DEAD: ["not read", "warn", "Nobody who says what is read has read it in the window."],
  DECLARED_ONLY: ["declared only", "plain", "A job or dataset event declares that it is read; no run did."],
  TOO_YOUNG: [
    "too young to tell",
    "plain",
    "It is not read, but not known or watched for as long as the window.",
  ],
  UNKNOWN: ["cannot tell", "plain", "Some reader does not say which columns it uses."],
  USED: ["read", "ok", "It was read in the window."],
};

export function usageLook(usage: DatasetUsage | ColumnUsage) {
  const [label, tone, meaning] = usages[usage];
  return { label, tone, meaning };
}

interface Window {
  from: string;
  to: string;
  watchedSince: string | null;
  covered: boolean;
}

/** The evidence window in a sentence: what nobody watched cannot be called dead. */
export function windowWords({ from, to, watchedSince, covered }: Window): string {
  const span = `Reads are looked for from ${localTime(from)} to ${localTime(to)}.`;
  if (watchedSince === null) return `${span} No producer says what is read: nothing can be called dead.`;
  const since = `Producers have said what they read since ${localTime(watchedSince)}`;
  return covered
    ? `${span} ${since}, so all of that is watched.`
    : `${span} ${since} only, which is less: nothing is called dead. Choose fewer days.`;
}

interface Cell {
  from: string;
  to: string;
  edges: number;
}

/** More namespaces than this make no table that can be read: the list says the same. */
export const readable = 14;

/** Namespaces in order of how much they move, and the edges between each two. */
export function grid(cells: readonly Cell[]): { names: string[]; at: (from: string, to: string) => number } {
  const moved = new Map<string, number>();
  const edges = new Map<string, number>();
  for (const cell of cells) {
    for (const name of new Set([cell.from, cell.to])) moved.set(name, (moved.get(name) ?? 0) + cell.edges);
    edges.set(JSON.stringify([cell.from, cell.to]), cell.edges);
  }
  const names = [...moved.keys()].sort(
    (a, b) => (moved.get(b) ?? 0) - (moved.get(a) ?? 0) || (a < b ? -1 : 1),
  );
  return { names, at: (from, to) => edges.get(JSON.stringify([from, to])) ?? 0 };
}
