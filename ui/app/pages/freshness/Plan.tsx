// What to rerun, in layers: the jobs of one layer may run at the same time, each layer waits for the one before.
import { useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { query } from "../../graphql/client";
import { graphql, type ResultOf, type VariablesOf } from "../../graphql/tada";
import { cutBecause } from "../../lib/cut";
import { plural } from "../../lib/format";
import { CopyButton } from "../../ui/CopyButton";
import { DatasetLink, JobLink, RunLink } from "../../ui/links";
import { Time } from "../../ui/Time";
import { planText, planWords } from "./words";

const PlanQuery = graphql(`
  query BackfillPlan($datasets: [Reference!], $jobs: [Reference!], $runs: [ID!], $since: DateTime, $asOf: DateTime) {
    backfillPlan(datasets: $datasets, jobs: $jobs, runs: $runs, since: $since, asOf: $asOf) {
      jobCount datasetCount doneCount complete truncatedBecause incompleteReason unknown
      layers {
        number
        steps {
          cycle
          jobs {
            reason requested
            job { namespace name }
            reads { namespace name }
            fedBy { namespace name }
            waitsFor { namespace name }
            lastGoodRun { id endedAt lastEventAt job { namespace name } }
          }
        }
      }
    }
  }
`);

type Layer = ResultOf<typeof PlanQuery>["backfillPlan"]["layers"][number];
type Step = Layer["steps"][number];
type PlanJob = Step["jobs"][number];

/** More steps of a layer than these wait for a click. */
const enough = 12;

export function Plan({ of }: { of: VariablesOf<typeof PlanQuery> }) {
  const { data } = useSuspenseQuery(query(PlanQuery, of));
  const plan = data.backfillPlan;
  return (
    <>
      <div className="row-head">
        <p data-testid="plan-summary">{planWords(plan)}</p>
        {plan.jobCount ? (
          <span className="push">
            <CopyButton text={planText(plan)} label="Copy the plan" />
          </span>
        ) : null}
      </div>
      {cutBecause(plan) ? <p className="notice">Layers are left out: {cutBecause(plan)}.</p> : null}
      {plan.unknown.length ? <p className="notice">Not known here: {plan.unknown.join("; ")}.</p> : null}
      <ol className="layers">
        {plan.layers.map((layer) => (
          <LayerBox key={layer.number} of={layer} />
        ))}
      </ol>
    </>
  );
}

function LayerBox({ of }: { of: Layer }) {
  const [whole, setWhole] = useState(false);
  const steps = whole ? of.steps : of.steps.slice(0, enough);
  const jobs = of.steps.reduce((sum, step) => sum + step.jobs.length, 0);
  return (
    <li data-testid="plan-layer">
      <h3>
        Layer {of.number}: {plural(jobs, "job")}
        {jobs > 1 ? " that may run at the same time" : ""}
      </h3>
      <ul className="rows">
        {steps.map((step) => (
          <StepRow key={step.jobs.map(({ job }) => `${job.namespace} ${job.name}`).join()} of={step} />
        ))}
      </ul>
      {of.steps.length > steps.length ? (
        <button type="button" className="button small" onClick={() => setWhole(true)}>
          Show all {plural(of.steps.length, "step")}
        </button>
      ) : null}
    </li>
  );
}

function StepRow({ of }: { of: Step }) {
  return (
    <li className="stacked">
      {of.cycle ? (
        <span className="muted">
          These need each other: no order is right. Run them as you always do, until nothing changes.
        </span>
      ) : null}
      {of.jobs.map((one) => (
        <JobRow key={`${one.job.namespace} ${one.job.name}`} of={one} />
      ))}
    </li>
  );
}

function JobRow({ of }: { of: PlanJob }) {
  const { lastGoodRun: last } = of;
  return (
    <>
      <div className="row-head">
        <JobLink of={of.job} icon />
        {last ? (
          <span className="push muted">
            last good run{" "}
            <RunLink run={last}>
              <Time at={last.endedAt ?? last.lastEventAt} />
            </RunLink>
          </span>
        ) : (
          <span className="push muted">no good run is known</span>
        )}
      </div>
      <div className="muted">
        {of.reads.length ? of.reason.replace(/\.$/, ": ") : of.reason}
        {of.reads.length ? (
          <>
            {of.reads.map((dataset, i) => (
              <span key={`${dataset.namespace} ${dataset.name}`}>
                {i ? ", " : ""}
                <DatasetLink of={dataset} />
              </span>
            ))}
            .
          </>
        ) : null}
        <Waits jobs={of.fedBy} words="It is fed by" />
        <Waits jobs={of.waitsFor} words="It waits for" />
      </div>
    </>
  );
}

function Waits({ jobs, words }: { jobs: PlanJob["fedBy"]; words: string }) {
  if (jobs.length === 0) return null;
  return (
    <>
      {` ${words} `}
      {jobs.map((job, i) => (
        <span key={`${job.namespace} ${job.name}`}>
          {i ? ", " : ""}
          <JobLink of={job} />
        </span>
      ))}
      .
    </>
  );
}
