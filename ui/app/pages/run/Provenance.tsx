// The exact runs and versions that fed a run: who had written what it read, who had written what those read, and so on.
import { useSuspenseQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { query } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { cutBecause } from "../../lib/cut";
import { plural } from "../../lib/format";
import { Boundary } from "../../ui/Boundary";
import { DatasetLink, JobLink, NamespaceLink, RunLink } from "../../ui/links";
import { Name } from "../../ui/Name";
import { Empty, Panel } from "../../ui/Panel";
import { StateBadge } from "../../ui/State";
import { Time } from "../../ui/Time";
import { useSearchPatch } from "../../ui/useSearchPatch";
import type { RunKey, RunParams } from "./params";
import { basisLook, runKey, sources, stepsOf } from "./provenance";

const ProvenanceQuery = graphql(`
  query Provenance($id: ID!, $jobns: String, $job: String, $depth: Int) {
    provenance(run: $id, jobNamespace: $jobns, jobName: $job, maxDepth: $depth) {
      totalCount complete truncatedBecause incompleteReason
      runs { distance run { id state startedAt endedAt lastEventAt job { namespace name } } }
      reads {
        version basis writtenAt
        reader { id job { namespace name } }
        dataset { namespace name }
        writer { id state job { namespace name } }
      }
    }
  }
`);

type Answer = ResultOf<typeof ProvenanceQuery>["provenance"];
type Run = Answer["runs"][number]["run"];
type Read = Answer["reads"][number];

/** More runs of a step than these wait for a click. */
const enough = 20;

export function Provenance({ of }: { of: RunKey }) {
  const { steps } = useSearch({ from: "/runs/$id" });
  const patch = useSearchPatch<RunParams>();
  return (
    <Panel
      title="Where its data came from"
      lines={8}
      actions={
        <label className="muted">
          How far{" "}
          <select
            className="field in-line"
            value={steps ?? ""}
            data-testid="provenance-steps"
            onChange={(event) => patch({ steps: Number(event.target.value) || undefined })}
          >
            <option value="">all the way</option>
            {[1, 2, 3, 5, 10].map((one) => (
              <option key={one} value={one}>
                {plural(one, "step")}
              </option>
            ))}
          </select>
        </label>
      }
    >
      <Boundary key={steps} lines={8}>
        <Trail of={of} depth={steps ?? null} />
      </Boundary>
    </Panel>
  );
}

function Trail({ of, depth }: { of: RunKey; depth: number | null }) {
  const { data } = useSuspenseQuery(query(ProvenanceQuery, { ...of, depth }));
  const { runs, reads, totalCount } = data.provenance;
  const cut = cutBecause(data.provenance);
  if (reads.length === 0) return <Empty>It has read nothing that is known: its data begins here.</Empty>;
  const behind = totalCount - 1;
  const ends = sources(reads);
  return (
    <>
      <p role="status" data-testid="provenance-summary">
        {behind ? `${plural(behind, "run")} upstream fed it.` : "No known run fed it."}
        {depth === null && ends.length
          ? ` Of ${plural(ends.length, "dataset")} that they read no writer is known.`
          : ""}
      </p>
      {cut ? <p className="notice">Not everything is listed: {cut}.</p> : null}
      {stepsOf(runs, reads).map(({ distance, runs: all }) => (
        <Step key={distance} distance={distance} runs={all} depth={depth} />
      ))}
    </>
  );
}

interface StepProps {
  distance: number;
  runs: { run: Run; reads: Read[] }[];
  depth: number | null;
}

function Step({ distance, runs, depth }: StepProps) {
  const [whole, setWhole] = useState(false);
  const shown = whole ? runs : runs.slice(0, enough);
  return (
    <section data-testid="provenance-step">
      <h3>{distance === 0 ? "This run" : `${plural(distance, "step")} up: ${plural(runs.length, "run")}`}</h3>
      {shown.map(({ run, reads }) => (
        <RunBox key={runKey(run)} run={run} reads={reads} own={distance === 0} last={distance === depth} />
      ))}
      {runs.length > shown.length ? (
        <button type="button" className="button small" onClick={() => setWhole(true)}>
          Show all {plural(runs.length, "run")}
        </button>
      ) : null}
    </section>
  );
}

interface RunBoxProps {
  run: Run;
  reads: Read[];
  /** The run that is asked about. */
  own: boolean;
  /** As far as was asked for. */
  last: boolean;
}

function RunBox({ run, reads, own, last }: RunBoxProps) {
  return (
    <div className="run-box" data-testid="provenance-run">
      <div className="row-head">
        <StateBadge state={run.state} />
        <JobLink of={run.job} icon />
        {own ? null : <RunLink run={run} />}
        <span className="push muted">
          began <Time at={run.startedAt ?? run.lastEventAt} exact />
        </span>
      </div>
      {reads.length ? (
        <table className="stacking">
          <thead>
            <tr>
              <th scope="col">It read</th>
              <th scope="col">Written by</th>
              <th scope="col">When</th>
              <th scope="col">How that is known</th>
            </tr>
          </thead>
          <tbody>
            {reads.map((read) => (
              <ReadRow key={JSON.stringify([read.dataset, read.version, read.writer])} of={read} />
            ))}
          </tbody>
        </table>
      ) : (
        <p className="muted">
          {last ? "What it read is further than was asked for." : "It read nothing that is known."}
        </p>
      )}
    </div>
  );
}

function ReadRow({ of }: { of: Read }) {
  const look = of.basis ? basisLook(of.basis) : null;
  return (
    <tr>
      <td className="wide">
        <DatasetLink of={of.dataset} /> <NamespaceLink name={of.dataset.namespace} />
        {of.version ? (
          <div className="muted">
            version{" "}
            <code>
              <Name of={of.version} />
            </code>
          </div>
        ) : null}
      </td>
      <td className="wide">
        {of.writer ? (
          <>
            <span className="stacked-only">written by </span>
            <JobLink of={of.writer.job} /> <RunLink run={of.writer} />
          </>
        ) : (
          <span className="muted">no known run: a source</span>
        )}
      </td>
      <td className={of.writtenAt ? "" : "none"}>
        <Time at={of.writtenAt} exact />
      </td>
      <td className={look ? "" : "none"}>
        {look ? (
          <span className={`badge tone-${look.tone}`} title={look.meaning}>
            {look.label}
          </span>
        ) : (
          <span className="muted">–</span>
        )}
      </td>
    </tr>
  );
}
