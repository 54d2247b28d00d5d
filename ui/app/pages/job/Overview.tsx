// What a job does: its data, its code, its family and how its runs went.
import { useSuspenseQuery } from "@tanstack/react-query";
import { query } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { link } from "../../lib/address";
import { plural } from "../../lib/format";
import { CopyButton } from "../../ui/CopyButton";
import { RunBars } from "../../ui/charts";
import { Fact, Facts } from "../../ui/Facts";
import { DatasetList, JobList } from "../../ui/links";
import { Empty, Panel } from "../../ui/Panel";
import { Details } from "./Details";

const OverviewQuery = graphql(`
  query JobOverview($ns: String!, $name: String!) {
    job(namespace: $ns, name: $name) {
      description
      sql { query dialect }
      sourceCodeLocation { type url repoUrl path version branch tag pullRequestNumber }
      parents { namespace name }
      children(first: 50) { totalCount edges { node { namespace name } } }
      inputs { namespace name }
      outputs { namespace name }
      runs(first: 50) { edges { node { id state durationMs startedAt job { namespace name } } } }
    }
  }
`);

type Job = NonNullable<ResultOf<typeof OverviewQuery>["job"]>;

export function Overview({ of }: { of: { namespace: string; name: string } }) {
  const { data } = useSuspenseQuery(query(OverviewQuery, { ns: of.namespace, name: of.name }));
  const { job } = data;
  if (!job) return null;
  const runs = job.runs.edges.map((edge) => edge.node).reverse();
  const children = job.children.edges.map((edge) => edge.node);
  return (
    <div className="columns-2">
      <Panel title="Newest runs" className="span-2">
        {runs.length ? <RunBars runs={runs} /> : <Empty>It has not run yet.</Empty>}
      </Panel>
      <Panel title={`Reads ${plural(job.inputs.length, "dataset")}`}>
        <DatasetList of={job.inputs} none="It reads no known dataset." />
      </Panel>
      <Panel title={`Writes ${plural(job.outputs.length, "dataset")}`}>
        <DatasetList of={job.outputs} none="It writes no known dataset." />
      </Panel>
      {job.description || job.sourceCodeLocation ? (
        <Panel title="About">
          {job.description ? <p className="prose">{job.description}</p> : null}
          <Source at={job.sourceCodeLocation} />
        </Panel>
      ) : null}
      {job.parents.length || children.length ? (
        <Panel title="Related jobs">
          {job.parents.length ? (
            <>
              <h3>Started by</h3>
              <JobList of={job.parents} none="" />
            </>
          ) : null}
          {children.length ? (
            <>
              <h3>Starts {plural(job.children.totalCount, "job")}</h3>
              <JobList of={children} none="" />
            </>
          ) : null}
        </Panel>
      ) : null}
      <Details of={of} />
      {job.sql ? (
        <Panel
          title={job.sql.dialect ? `SQL (${job.sql.dialect})` : "SQL"}
          actions={<CopyButton text={job.sql.query} />}
          className="span-2"
        >
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
          <pre className="code" tabIndex={0}>
            {job.sql.query}
          </pre>
        </Panel>
      ) : null}
    </div>
  );
}

function Source({ at }: { at: Job["sourceCodeLocation"] }) {
  if (!at) return null;
  const page = link(at.url) ?? link(at.repoUrl);
  return (
    <Facts>
      <Fact name="Source">
        {page ? (
          <a href={page}>{at.path ?? page}</a>
        ) : (
          <code>{at.path ?? at.url ?? at.repoUrl ?? at.type}</code>
        )}
      </Fact>
      {at.branch ? (
        <Fact name="Branch">
          <code>{at.branch}</code>
        </Fact>
      ) : null}
      {at.tag ? <Fact name="Tag">{at.tag}</Fact> : null}
      {at.pullRequestNumber ? <Fact name="Pull request">{at.pullRequestNumber}</Fact> : null}
      {at.version ? (
        <Fact name="Version">
          <code>{at.version.slice(0, 12)}</code>
        </Fact>
      ) : null}
    </Facts>
  );
}
