// The lineage view's part of the address, and the question it makes for the server.
import { flag, integer, list, moment, type RawSearch, text } from "../lib/search-params";

export interface LineageParams {
  /** Steps up and down; the server's default is 1. */
  up?: number;
  down?: number;
  /** "hide" leaves the jobs out. */
  jobs?: "hide";
  /** Each `up:ID`, `down:ID`, or with every neighbour `allup:ID`, `alldown:ID`. */
  expand?: string[];
  /** Ids of the cards whose columns are open. */
  cols?: string[];
  /** Id of the column that is traced. */
  trace?: string;
  asof?: string;
  /** Id of the card in the side panel; "none" closes it. */
  sel?: string;
  list?: true;
}

export function readLineage(raw: RawSearch): LineageParams {
  return {
    up: integer(raw.up, 0, 20),
    down: integer(raw.down, 0, 20),
    jobs: text(raw.jobs) === "hide" ? "hide" : undefined,
    expand: list(raw.expand),
    cols: list(raw.cols),
    trace: text(raw.trace),
    asof: moment(raw.asof),
    sel: text(raw.sel),
    list: flag(raw.list),
  };
}

export type Side = "UPSTREAM" | "DOWNSTREAM";

export interface Expansion {
  id: string;
  direction: Side;
  all: boolean;
}

const words = {
  up: ["UPSTREAM", false],
  down: ["DOWNSTREAM", false],
  allup: ["UPSTREAM", true],
  alldown: ["DOWNSTREAM", true],
} as const;

export function parseExpansion(entry: string): Expansion | undefined {
  const colon = entry.indexOf(":");
  const word = entry.slice(0, Math.max(0, colon)) as keyof typeof words;
  const id = entry.slice(colon + 1);
  const found = Object.hasOwn(words, word) ? words[word] : undefined;
  return found && id ? { id, direction: found[0], all: found[1] } : undefined;
}

export function expansionEntry({ id, direction, all }: Expansion): string {
  return `${all ? "all" : ""}${direction === "UPSTREAM" ? "up" : "down"}:${id}`;
}

/** Opens one side of a card. "All" takes the place of "some". */
export function expanded(entries: readonly string[] | undefined, wanted: Expansion): string[] {
  return [...collapsed(entries, wanted), expansionEntry(wanted)];
}

/** Closes one side of a card. */
export function collapsed(
  entries: readonly string[] | undefined,
  side: Pick<Expansion, "id" | "direction">,
): string[] {
  const both = [true, false].map((all) => expansionEntry({ ...side, all }));
  return (entries ?? []).filter((entry) => !both.includes(entry));
}

export function isExpanded(entries: readonly string[] | undefined, id: string, direction: Side): boolean {
  return (entries ?? []).some((entry) => {
    const open = parseExpansion(entry);
    return open?.id === id && open.direction === direction;
  });
}

export interface Focus {
  kind: "DATASET" | "JOB";
  namespace: string;
  name: string;
}

export function sceneVariables(focus: Focus, params: LineageParams) {
  return {
    focus,
    up: params.up ?? 1,
    down: params.down ?? 1,
    jobs: params.jobs !== "hide",
    asOf: params.asof ?? null,
    expand: (params.expand ?? []).map(parseExpansion).filter((open) => open !== undefined),
    openColumns: params.cols ?? [],
    trace: params.trace ?? null,
  };
}
