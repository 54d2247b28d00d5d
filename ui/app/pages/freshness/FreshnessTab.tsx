// Whether a dataset is stale and by which chain, what may be the cause, and what to rerun.
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { query } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { duration } from "../../lib/format";
import { Fact, Facts } from "../../ui/Facts";
import { DatasetLink, JobLink, RunLink } from "../../ui/links";
import { Empty, Panel } from "../../ui/Panel";
import { StateBadge } from "../../ui/State";
import { Time } from "../../ui/Time";
import { Causes } from "./Causes";
import { FreshnessBadge } from "./FreshnessBadge";
import { Plan } from "./Plan";
import { type FreshnessParams, type PlanKind, upstreamWords } from "./words";

const write = graphql(`
  fragment GoodWriteParts on GoodWrite {
    at continuous
    run { id job { namespace name } }
  }
`);

const StalenessQuery = graphql(
  `
  query Staleness($ns: String!, $name: String!) {
    staleness(dataset: { namespace: $ns, name: $name }) {
      state reason newestInputAt lagMs onCycle
      upstreamCount newerInputCount staleInputCount unknownInputCount
      lastWrite { ...GoodWriteParts }
      newestAttempt { id state lastEventAt job { namespace name } }
      chain {
        state
        dataset { namespace name }
        lastWrite { ...GoodWriteParts }
        jobs { namespace name }
      }
    }
  }
`,
  [write],
);

type Staleness = NonNullable<ResultOf<typeof StalenessQuery>["staleness"]>;
type Write = ResultOf<typeof write>;

interface FreshnessProps {
  of: { namespace: string; name: string };
}

export function FreshnessTab({ of }: FreshnessProps) {
  const { data } = useSuspenseQuery(query(StalenessQuery, { ns: of.namespace, name: of.name }));
  const { plan }: FreshnessParams = useSearch({ strict: false });
  const { staleness } = data;
  if (!staleness) return <Empty>Nothing is known about how fresh it is.</Empty>;
  return (
    <div className="columns-2">
      <Panel title="Is it fresh?">
        <Verdict of={staleness} />
      </Panel>
      <Panel title="The chain that explains it">
        <Chain of={staleness} />
      </Panel>
      <Panel title="What may be the cause" className="span-2" lines={4}>
        <Causes of={{ dataset: of }} />
      </Panel>
      <Panel title="What to rerun" className="span-2" lines={4}>
        <Rerun of={of} staleness={staleness} plan={plan} />
      </Panel>
    </div>
  );
}

function Verdict({ of }: { of: Staleness }) {
  return (
    <>
      <p className="verdict-line" data-testid="freshness-verdict" data-state={of.state}>
        <FreshnessBadge state={of.state} /> <span>{of.reason}</span>
      </p>
      <Facts>
        <Fact name="Last good write">
          <Written of={of.lastWrite} />
        </Fact>
        {of.newestAttempt ? (
          <Fact name="Last try">
            <RunLink run={of.newestAttempt}>
              <StateBadge state={of.newestAttempt.state} />
            </RunLink>{" "}
            <Time at={of.newestAttempt.lastEventAt} exact /> by <JobLink of={of.newestAttempt.job} />
          </Fact>
        ) : null}
        {of.newestInputAt ? (
          <Fact name="Newest input">
            written <Time at={of.newestInputAt} exact />
            {of.lagMs === null ? "" : `, ${duration(of.lagMs)} later`}
          </Fact>
        ) : null}
        <Fact name="Upstream">{upstreamWords(of)}</Fact>
      </Facts>
      {of.onCycle ? (
        <p className="muted">
          It lies on a cycle. What is on the cycle does not count: round it something is always newer.
        </p>
      ) : null}
    </>
  );
}

function Written({ of }: { of: Write | null }) {
  if (!of) return <span className="muted">none is known</span>;
  return (
    <>
      <Time at={of.at} exact />
      {of.run ? (
        <>
          {" in run "}
          <RunLink run={of.run} />
        </>
      ) : null}
      {of.continuous ? " by a stream that goes on" : ""}
    </>
  );
}

function Chain({ of }: { of: Staleness }) {
  if (of.chain.length === 0)
    return (
      <Empty>
        {of.state === "UNKNOWN"
          ? "There is nothing to compare: no completed run says when it, or what it is made of, was written."
          : "No input is newer, however far upstream."}
      </Empty>
    );
  return (
    <ol className="path" data-testid="freshness-chain">
      {of.chain.map((step) => (
        <li key={`${step.dataset.namespace} ${step.dataset.name}`}>
          <div className="row-head">
            <DatasetLink of={step.dataset} icon />
            {step.state === "UNKNOWN" ? null : <FreshnessBadge state={step.state} />}
            <span className="muted">
              written <Written of={step.lastWrite} />
            </span>
          </div>
          {step.jobs.length ? (
            <div className="muted via">
              ↓ through{" "}
              {step.jobs.map((job, i) => (
                <span key={`${job.namespace} ${job.name}`}>
                  {i ? ", " : ""}
                  <JobLink of={job} />
                </span>
              ))}
            </div>
          ) : null}
        </li>
      ))}
    </ol>
  );
}

function Rerun({
  of,
  staleness,
  plan,
}: FreshnessProps & { staleness: Staleness; plan: PlanKind | undefined }) {
  const first = staleness.chain[0];
  const kind: PlanKind = first ? (plan ?? "input") : "this";
  const repaired = kind === "input" && first ? first.dataset : of;
  const since = kind === "input" && first ? (first.lastWrite?.at ?? null) : null;
  return (
    <>
      {first ? (
        <nav className="chips plan-choice" aria-label="What was repaired">
          <Choice kind="input" chosen={kind}>
            after the newer input {first.dataset.name}
          </Choice>
          <Choice kind="this" chosen={kind}>
            after a repair of this dataset
          </Choice>
        </nav>
      ) : (
        <p className="muted">If this dataset is repaired, what depends on it is run again in this order.</p>
      )}
      <Plan of={{ datasets: [{ namespace: repaired.namespace, name: repaired.name }], since }} />
    </>
  );
}

function Choice({ kind, chosen, children }: { kind: PlanKind; chosen: PlanKind; children: React.ReactNode }) {
  return (
    <Link
      to="."
      search={((old: FreshnessParams) => ({ ...old, plan: kind })) as never}
      className={kind === chosen ? "chip chosen" : "chip"}
      aria-current={kind === chosen ? "true" : undefined}
      resetScroll={false}
      replace
    >
      {children}
    </Link>
  );
}
