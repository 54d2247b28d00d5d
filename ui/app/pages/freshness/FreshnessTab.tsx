// Whether a dataset is stale and by which chain, what may be the cause, and what to rerun.
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { query } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { duration } from "../../lib/format";
import { AsOf } from "../../ui/AsOf";
import { Boundary } from "../../ui/Boundary";
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
  query Staleness($ns: String!, $name: String!, $asOf: DateTime) {
    staleness(dataset: { namespace: $ns, name: $name }, asOf: $asOf) {
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
  const { asof }: FreshnessParams = useSearch({ strict: false });
  return (
    <>
      <AsOf asof={asof} but="What had not ended by then does not count." />
      <Boundary key={asof} lines={6}>
        <Answer of={of} />
      </Boundary>
    </>
  );
}

function Answer({ of }: FreshnessProps) {
  const { plan, asof }: FreshnessParams = useSearch({ strict: false });
  const asOf = asof ?? null;
  const { data } = useSuspenseQuery(query(StalenessQuery, { ns: of.namespace, name: of.name, asOf }));
  const { staleness } = data;
  if (!staleness)
    return (
      <Empty>{asof ? "No event had named it by then." : "Nothing is known about how fresh it is."}</Empty>
    );
  return (
    <div className="columns-2">
      <Panel title="Is it fresh?">
        <Verdict of={staleness} />
      </Panel>
      <Panel title="The chain that explains it">
        <Chain of={staleness} />
      </Panel>
      <Panel title="What may be the cause" className="span-2" lines={4}>
        <Causes of={{ dataset: of }} at={asof} />
      </Panel>
      <Panel title="What to rerun" className="span-2" lines={4}>
        <Rerun of={of} staleness={staleness} plan={plan} asOf={asOf} />
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
  asOf,
}: FreshnessProps & { staleness: Staleness; plan: PlanKind | undefined; asOf: string | null }) {
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
      <Plan of={{ datasets: [{ namespace: repaired.namespace, name: repaired.name }], since, asOf }} />
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
