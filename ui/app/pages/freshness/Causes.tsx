// What may be behind a stale dataset or a failed job or run, nearest and gravest first, with path and evidence.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { paged } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { cutBecause } from "../../lib/cut";
import { plural } from "../../lib/format";
import { Diff } from "../../ui/Diff";
import { type AnyEntity, EntityLink, entityKey } from "../../ui/EntityLink";
import { LoadMore } from "../../ui/LoadMore";
import { RunLink } from "../../ui/links";
import { Empty } from "../../ui/Panel";
import { StateBadge } from "../../ui/State";
import { Time } from "../../ui/Time";
import { causeLook, stepsUp } from "./words";

const entity = graphql(`
  fragment CauseEntity on LineageEntity {
    __typename
    ... on Dataset { namespace name }
    ... on Job { namespace name }
    ... on Column { name dataset { namespace name } }
  }
`);

const CausesQuery = graphql(
  `
  query RootCauses($dataset: Reference, $job: Reference, $run: ID, $at: DateTime, $after: String) {
    rootCauses(dataset: $dataset, job: $job, run: $run, at: $at, first: 20, after: $after) {
      since until datasetCount jobCount totalCount complete truncatedBecause incompleteReason
      candidates {
        kind distance at added removed retyped eventSeqs
        node { ...CauseEntity }
        run { id state job { namespace name } error { message } }
        test { name column severity expected actual }
        path { ...CauseEntity }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [entity],
);

type Found = NonNullable<ResultOf<typeof CausesQuery>["rootCauses"]>;
type Cause = Found["candidates"][number];

interface Named {
  namespace: string;
  name: string;
}

interface CausesProps {
  of: { dataset: Named } | { job: Named } | { run: string };
  /** The moment to look at; now, or the end of the run, when left out. */
  at?: string;
}

/** Groups are no part of such an answer. */
function known(of: Cause["node"]): AnyEntity | undefined {
  return of.__typename === "LineageGroup" ? undefined : of;
}

export function Causes({ of, at }: CausesProps) {
  const asked = { ...of, at: at ?? null };
  const pages = useSuspenseInfiniteQuery(paged(CausesQuery, asked, (page) => page.rootCauses?.pageInfo));
  const first = pages.data.pages[0]?.rootCauses;
  if (!first) return <Empty>It is not known here.</Empty>;
  const causes = pages.data.pages.flatMap((page) => page.rootCauses?.candidates ?? []);
  return (
    <>
      <p className="muted">
        <Looked of={first} />
      </p>
      {cutBecause(first) ? (
        <p className="notice">Not everything was looked at: {cutBecause(first)}.</p>
      ) : null}
      {causes.length === 0 ? (
        <Empty>
          Nothing upstream stands out: no failed or silent run, no failed test, no changed schema, no late
          job, no stale dataset.
        </Empty>
      ) : (
        <ol className="rows causes">
          {causes.map((cause) => (
            <Suspect key={causeKey(cause)} of={cause} />
          ))}
        </ol>
      )}
      <LoadMore shown={causes.length} total={first.totalCount} query={pages} />
    </>
  );
}

function causeKey(cause: Cause): string {
  const node = known(cause.node);
  return `${cause.kind} ${node ? entityKey(node) : ""} ${cause.at} ${cause.test?.name} ${cause.test?.column}`;
}

function Looked({ of }: { of: Found }) {
  return (
    <>
      {plural(of.totalCount, "suspect")} among {plural(of.datasetCount, "dataset")} and{" "}
      {plural(of.jobCount, "job")}
      {of.since ? (
        <>
          {" since all was well "}
          <Time at={of.since} />
        </>
      ) : (
        ", whenever it happened: nothing says when all was well"
      )}
    </>
  );
}

function Suspect({ of }: { of: Cause }) {
  const look = causeLook(of.kind);
  const node = known(of.node);
  const path = of.path.map(known).filter((one) => one !== undefined);
  return (
    <li className="stacked" data-testid="cause" data-kind={of.kind}>
      <div className="row-head">
        <span className={`badge tone-${look.tone}`}>
          <span aria-hidden="true">{look.glyph}</span> {look.label}
        </span>
        {node ? <EntityLink of={node} icon /> : null}
        <span className="muted">
          {stepsUp(of.distance)}, {of.kind === "LATE_JOB" ? "should have begun " : ""}
          <Time at={of.at} />
        </span>
        <span className="push muted">
          <Evidence of={of} />
        </span>
      </div>
      <Details of={of} />
      {path.length > 1 ? (
        <div className="path-line">
          {path.map((one, i) => (
            <span key={entityKey(one)}>
              {i ? (
                <>
                  <span aria-hidden="true"> → </span>
                  <span className="visually-hidden">leads to</span>
                </>
              ) : null}
              <EntityLink of={one} />
            </span>
          ))}
        </div>
      ) : null}
    </li>
  );
}

function Details({ of }: { of: Cause }) {
  const { test, run } = of;
  return (
    <>
      {run ? (
        <div className="how">
          <RunLink run={run}>
            <StateBadge state={run.state} />
          </RunLink>
          <span className="muted">
            {of.kind === "LATE_JOB" ? "its newest run" : "run"} <RunLink run={run} />
          </span>
          {run.error?.message && !test ? <span className="error-line">{run.error.message}</span> : null}
        </div>
      ) : null}
      {test ? (
        <div>
          {test.name}
          {test.column ? (
            <>
              {" on "}
              <code>{test.column}</code>
            </>
          ) : null}
          {test.expected || test.actual ? (
            <span className="muted">
              {test.expected ? ` expected ${test.expected}` : ""}
              {test.actual ? ` found ${test.actual}` : ""}
            </span>
          ) : null}
        </div>
      ) : null}
      {of.kind === "SCHEMA_CHANGE" ? (
        <Diff added={of.added} removed={of.removed} retyped={of.retyped} />
      ) : null}
    </>
  );
}

/** The events that say so. */
function Evidence({ of }: { of: Cause }) {
  return of.eventSeqs.map((seq, i) => (
    <span key={seq}>
      {i ? ", " : ""}
      <Link to="/events" search={{ seq }}>
        event {seq}
      </Link>
    </span>
  ));
}
