// Runs as a table, the same everywhere. A click on a row opens the run.
import { useNavigate } from "@tanstack/react-router";
import type { MouseEvent, ReactNode } from "react";
import { graphql, type ResultOf } from "../graphql/tada";
import { duration } from "../lib/format";
import { JobLink, RunLink } from "./links";
import { Name } from "./Name";
import { StateBadge } from "./State";
import { Time } from "./Time";

export const runRow = graphql(`
  fragment RunRow on Run {
    id
    state
    startedAt
    durationMs
    lastEventAt
    job { namespace name }
    error { message }
  }
`);

export type RunRow = ResultOf<typeof runRow>;

interface RunTableProps {
  runs: readonly RunRow[];
  /** Off on a page of one job. */
  showJob?: boolean;
}

export function RunTable({ runs, showJob = true }: RunTableProps) {
  return (
    <div className="table-box">
      <table>
        <thead>
          <tr>
            <th>State</th>
            <th>{showJob ? "Job" : "Run"}</th>
            <th>Started</th>
            <th className="number">Took</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <Opening key={`${run.id} ${run.job.namespace} ${run.job.name}`} run={run}>
              <td>
                <RunLink run={run}>
                  <StateBadge state={run.state} />
                </RunLink>
              </td>
              <td className="wide">
                {showJob ? <JobLink of={run.job} /> : <RunLink run={run} />}
                {run.error?.message ? (
                  <div className="error-line">
                    <Name of={run.error.message} />
                  </div>
                ) : null}
              </td>
              <td>
                <Time at={run.startedAt ?? run.lastEventAt} />
              </td>
              <td className="number">
                {run.durationMs === null ? <span className="muted">–</span> : duration(run.durationMs)}
              </td>
            </Opening>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface OpeningProps {
  run: { id: string; job: { namespace: string; name: string } };
  children: ReactNode;
}

/** A row that opens its run. The keyboard has the links inside. */
export function Opening({ run, children }: OpeningProps) {
  const navigate = useNavigate();
  const open = (event: MouseEvent) => {
    if ((event.target as HTMLElement).closest("a, button") || getSelection()?.toString()) return;
    navigate({
      to: "/runs/$id",
      params: { id: run.id },
      search: { jobns: run.job.namespace, job: run.job.name },
    });
  };
  return (
    <tr className="opening" data-testid="run-row" onClick={open}>
      {children}
    </tr>
  );
}
