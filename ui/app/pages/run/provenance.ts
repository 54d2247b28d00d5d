// What a provenance answer says, in order: each run behind a run, with what it read and who had written that.

export type Basis = "VERSION" | "TIME" | "UNDER_WAY";

const bases: Record<Basis, [label: string, tone: "ok" | "plain" | "warn", meaning: string]> = {
  VERSION: ["same version", "ok", "The version that was read is the version that was written."],
  TIME: ["newest by then", "plain", "It was the newest completed write when the run began."],
  UNDER_WAY: [
    "writing just then",
    "warn",
    "It was writing when the run began: what it had written by then may have been read.",
  ],
};

export function basisLook(basis: Basis) {
  const [label, tone, meaning] = bases[basis];
  return { label, tone, meaning };
}

interface RunName {
  id: string;
  job: { namespace: string; name: string };
}

/** Runs are keyed by their id and their job: one id may be shared by several jobs. */
export function runKey(run: RunName): string {
  return JSON.stringify([run.id, run.job.namespace, run.job.name]);
}

interface Steps<R extends RunName, D extends { reader: RunName }> {
  distance: number;
  runs: { run: R; reads: D[] }[];
}

/** Runs by distance, nearest first, each with its own reads. */
export function stepsOf<R extends RunName, D extends { reader: RunName }>(
  runs: readonly { distance: number; run: R }[],
  reads: readonly D[],
): Steps<R, D>[] {
  const readBy = new Map<string, D[]>();
  for (const read of reads) {
    const key = runKey(read.reader);
    const all = readBy.get(key);
    if (all) all.push(read);
    else readBy.set(key, [read]);
  }
  const steps = new Map<number, Steps<R, D>>();
  for (const { distance, run } of runs) {
    const step = steps.get(distance) ?? { distance, runs: [] };
    step.runs.push({ run, reads: readBy.get(runKey(run)) ?? [] });
    steps.set(distance, step);
  }
  return [...steps.values()].sort((a, b) => a.distance - b.distance);
}

interface Read {
  dataset: { namespace: string; name: string };
  writer: unknown;
}

/** Datasets that were read and that no known run had written: where the trail ends. */
export function sources<D extends Read>(reads: readonly D[]): D["dataset"][] {
  const written = new Set<string>();
  const found = new Map<string, D["dataset"]>();
  for (const { dataset, writer } of reads) {
    const key = JSON.stringify([dataset.namespace, dataset.name]);
    if (writer) written.add(key);
    else found.set(key, dataset);
  }
  return [...found].filter(([key]) => !written.has(key)).map(([, dataset]) => dataset);
}
