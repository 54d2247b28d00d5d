// How fresh a dataset is, what may be the cause and what to rerun, in words.

import { plural } from "../../lib/format";
import { oneOf, type RawSearch } from "../../lib/search-params";
import { type AsOfParams, readAsOf } from "../../ui/AsOf";

/** What the plan is for: the newer input that made the dataset stale, or the dataset itself. */
export const planKinds = ["input", "this"] as const;
export type PlanKind = (typeof planKinds)[number];

export interface FreshnessParams extends AsOfParams {
  plan?: PlanKind;
}

export function readFreshness(raw: RawSearch): FreshnessParams {
  return { plan: oneOf(raw.plan, planKinds), ...readAsOf(raw) };
}

export type FreshnessState = "STALE" | "BEHIND" | "FRESH" | "UNKNOWN";

interface Look {
  label: string;
  glyph: string;
  tone: "bad" | "warn" | "ok" | "plain";
  meaning: string;
}

const looks: Record<FreshnessState, Look> = {
  STALE: {
    label: "Stale",
    glyph: "✕",
    tone: "bad",
    meaning: "An input was written after its own last good write.",
  },
  BEHIND: { label: "Behind", glyph: "!", tone: "warn", meaning: "What it was made from is stale itself." },
  FRESH: { label: "Fresh", glyph: "✓", tone: "ok", meaning: "No input is known to be newer." },
  UNKNOWN: {
    label: "Not known",
    glyph: "?",
    tone: "plain",
    meaning: "No completed run is known that wrote it, or none that wrote any of its inputs.",
  },
};

export function freshnessLook(state: FreshnessState): Look {
  return looks[state];
}

export type CauseKind =
  | "FAILED_RUN"
  | "ABORTED_RUN"
  | "FAILED_TEST"
  | "SCHEMA_CHANGE"
  | "SILENT_RUN"
  | "LATE_JOB"
  | "STALE_DATASET";

const causes: Record<CauseKind, [label: string, tone: Look["tone"], glyph: string]> = {
  FAILED_RUN: ["Failed run", "bad", "✕"],
  ABORTED_RUN: ["Stopped run", "warn", "■"],
  FAILED_TEST: ["Failed test", "bad", "✕"],
  SCHEMA_CHANGE: ["Changed schema", "warn", "~"],
  SILENT_RUN: ["Silent run", "warn", "◔"],
  LATE_JOB: ["Late job", "warn", "◔"],
  STALE_DATASET: ["Stale dataset", "warn", "!"],
};

export function causeLook(kind: CauseKind): { label: string; tone: Look["tone"]; glyph: string } {
  const [label, tone, glyph] = causes[kind];
  return { label, tone, glyph };
}

/** How far a suspect is: "right here", "1 step up". */
export function stepsUp(distance: number): string {
  return distance === 0 ? "right here" : `${plural(distance, "step")} up`;
}

interface UpstreamCounts {
  upstreamCount: number;
  newerInputCount: number;
  staleInputCount: number;
  unknownInputCount: number;
}

/** "6 datasets upstream: 3 written since, 1 stale itself, 2 without a known write." */
export function upstreamWords(of: UpstreamCounts): string {
  if (of.upstreamCount === 0) return "Nothing is known to be upstream of it.";
  const told = [
    of.newerInputCount ? `${of.newerInputCount} written since its last good write` : "",
    of.staleInputCount ? `${of.staleInputCount} stale` : "",
    of.unknownInputCount ? `${of.unknownInputCount} without a write that is known` : "",
  ].filter(Boolean);
  const all = `${plural(of.upstreamCount, "dataset")} upstream`;
  return told.length ? `${all}: ${told.join(", ")}.` : `${all}, none of them newer or stale.`;
}

interface PlanNumbers {
  jobCount: number;
  datasetCount: number;
  doneCount: number;
  layers: readonly unknown[];
}

/** "3 jobs in 2 layers make 4 datasets anew. 1 more has run already." */
export function planWords({ jobCount, datasetCount, doneCount, layers }: PlanNumbers): string {
  const done = doneCount ? ` ${plural(doneCount, "job")} of it already ran since.` : "";
  if (jobCount === 0) return `Nothing is left to rerun.${done}`;
  const makes = jobCount === 1 ? "makes" : "make";
  if (datasetCount === 0)
    return `${plural(jobCount, "job")} in ${plural(layers.length, "layer")}; no dataset is made anew.${done}`;
  return `${plural(jobCount, "job")} in ${plural(layers.length, "layer")} ${makes} ${plural(datasetCount, "dataset")} anew.${done}`;
}

interface PlanLayers {
  layers: readonly {
    number: number;
    steps: readonly { cycle: boolean; jobs: readonly { job: { namespace: string; name: string } }[] }[];
  }[];
}

/** The plan as lines to paste: a comment a layer, a job a line. */
export function planText({ layers }: PlanLayers): string {
  return layers
    .flatMap(({ number, steps }) => [
      `# layer ${number}`,
      ...steps.flatMap(({ cycle, jobs }) =>
        jobs.map(({ job }) => `${job.namespace} ${job.name}${cycle ? " # on a cycle" : ""}`),
      ),
    ])
    .join("\n");
}
