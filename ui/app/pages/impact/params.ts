// Impact's part of an address, and the question it makes for the server.
import { flag, oneOf, type RawSearch, someOf, text } from "../../lib/search-params";
import { type Verdict, verdicts } from "../../lib/verdict";
import { type AsOfParams, readAsOf } from "../../ui/AsOf";

export const changeKinds = ["drop", "dropcolumn", "rename", "retype", "stop", "late"] as const;
export type ChangeKind = (typeof changeKinds)[number];

export const shownKinds = ["datasets", "jobs", "columns"] as const;
export type ShownKind = (typeof shownKinds)[number];

export interface ImpactParams extends AsOfParams {
  change?: ChangeKind;
  /** Of a dataset's page: the column that changes. */
  column?: string;
  /** The new name or type. */
  to?: string;
  show?: ShownKind;
  verdict?: Verdict[];
  /** Lineage inferred from SQL counts like what tools say. */
  trust?: true;
  /** Column lineage counts as complete even where it is not. */
  whole?: true;
}

export function readImpact(raw: RawSearch): ImpactParams {
  return {
    change: oneOf(raw.change, changeKinds),
    column: text(raw.column),
    to: text(raw.to),
    show: oneOf(raw.show, shownKinds),
    verdict: someOf(raw.verdict, verdicts),
    trust: flag(raw.trust),
    whole: flag(raw.whole),
    ...readAsOf(raw),
  };
}

/** Whose change is asked about. */
export type Subject =
  | { kind: "dataset" | "job"; namespace: string; name: string }
  | { kind: "column"; namespace: string; dataset: string; name: string };

const kindsOf: Record<Subject["kind"], readonly ChangeKind[]> = {
  dataset: ["drop", "dropcolumn", "rename", "retype"],
  column: ["dropcolumn", "rename", "retype"],
  job: ["stop", "late"],
};

export function changesOf(subject: Subject): readonly ChangeKind[] {
  return kindsOf[subject.kind];
}

const words: Record<ChangeKind, string> = {
  drop: "The dataset is dropped",
  dropcolumn: "A column is dropped",
  rename: "A column is renamed",
  retype: "A column gets another type",
  stop: "The job stops",
  late: "The job is late",
};

export function changeWord(kind: ChangeKind, subject: Subject): string {
  return subject.kind === "column" ? words[kind].replace("A column", "The column") : words[kind];
}

/** What is asked for, with the defaults of the page filled in. */
export function chosenChange(subject: Subject, params: ImpactParams): ChangeKind {
  const possible = changesOf(subject);
  return possible.find((kind) => kind === params.change) ?? (possible[0] as ChangeKind);
}

interface ColumnReference {
  namespace: string;
  dataset: string;
  name: string;
}

export type ImpactChange =
  | { dropDataset: { namespace: string; name: string } }
  | { dropColumn: ColumnReference }
  | { renameColumn: { column: ColumnReference; to: string } }
  | { retypeColumn: { column: ColumnReference; to: string } }
  | { stopJob: { namespace: string; name: string } }
  | { lateJob: { namespace: string; name: string } };

/** The question, or in words what is still to be said before it can be asked; and the change as a sentence. */
export type Asked = { change: ImpactChange; sentence: string } | { missing: string };

export function ask(subject: Subject, params: ImpactParams): Asked {
  const kind = chosenChange(subject, params);
  if (subject.kind === "job") {
    const job = { namespace: subject.namespace, name: subject.name };
    return kind === "stop"
      ? { change: { stopJob: job }, sentence: `${job.name} stops` }
      : { change: { lateJob: job }, sentence: `${job.name} is late` };
  }
  if (kind === "drop" && subject.kind === "dataset") {
    const { namespace, name } = subject;
    return { change: { dropDataset: { namespace, name } }, sentence: `${name} is dropped` };
  }
  const column = columnOf(subject, params);
  if (!column) return { missing: "Choose the column that changes." };
  const full = `${column.dataset}.${column.name}`;
  if (kind === "dropcolumn") return { change: { dropColumn: column }, sentence: `${full} is dropped` };
  const { to } = params;
  if (kind === "rename")
    return to
      ? { change: { renameColumn: { column, to } }, sentence: `${full} is renamed to ${to}` }
      : { missing: "Say the new name of the column." };
  return to
    ? { change: { retypeColumn: { column, to } }, sentence: `${full} becomes ${to}` }
    : { missing: "Say the new type of the column, such as bigint." };
}

function columnOf(subject: Subject, params: ImpactParams): ColumnReference | undefined {
  if (subject.kind === "column")
    return { namespace: subject.namespace, dataset: subject.dataset, name: subject.name };
  if (!params.column) return undefined;
  return { namespace: subject.namespace, dataset: subject.name, name: params.column };
}
