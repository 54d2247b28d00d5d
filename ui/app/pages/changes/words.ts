// The words of a comparison of lineage.

export type ChangeKind = "DATASET" | "JOB" | "EDGE" | "COLUMN" | "COLUMN_EDGE";
export type Difference = "ADDED" | "REMOVED" | "CHANGED";

const kinds: Record<ChangeKind, string> = {
  DATASET: "Datasets",
  JOB: "Jobs",
  EDGE: "Edges",
  COLUMN: "Columns and types",
  COLUMN_EDGE: "Edges between columns",
};

export function kindTitle(kind: ChangeKind): string {
  return kinds[kind];
}

const differences: Record<Difference, { sign: string; word: string; tone: "ok" | "bad" | "warn" }> = {
  ADDED: { sign: "+", word: "added", tone: "ok" },
  REMOVED: { sign: "−", word: "removed", tone: "bad" },
  CHANGED: { sign: "~", word: "changed", tone: "warn" },
};

export function differenceLook(difference: Difference) {
  return differences[difference];
}

const bases: Record<string, string> = {
  EXPLICIT: "said outright",
  COLUMN_LINEAGE: "by column lineage",
  INFERRED: "read from SQL",
  INPUTS_OUTPUTS: "read and written in one run",
};

/** What was said of a thing, as people read it: a type as it is, how an edge is known in words. */
export function saidWords(kind: ChangeKind, said: string): string {
  if (kind === "EDGE")
    return said
      .split(", ")
      .map((one) => bases[one] ?? one)
      .join(", ");
  if (kind === "COLUMN_EDGE") return said.toLowerCase().replaceAll("_", " ");
  return said;
}

interface Place {
  namespace: string;
  name: string;
}

/** Both have one name: an end of an edge that is the job itself. */
export function same(a: Place, b: Place | null): boolean {
  return b !== null && a.namespace === b.namespace && a.name === b.name;
}
