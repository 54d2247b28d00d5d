// What a run was given, tested and waited for; only what its events say.
import { useSuspenseQuery } from "@tanstack/react-query";
import { query } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { plural } from "../../lib/format";
import { Dependencies, dependencies } from "../../ui/Dependencies";
import { Fact, Facts } from "../../ui/Facts";
import { Panel } from "../../ui/Panel";
import { Properties } from "../../ui/Properties";
import type { RunKey } from "./params";

const DetailsQuery = graphql(
  `
  query RunDetails($id: ID!, $jobns: String, $job: String) {
    run(id: $id, jobNamespace: $jobns, jobName: $job) {
      externalQuery { id source }
      extractionErrors { totalTasks failedTasks errors { message task } }
      parameters { key name value }
      environment { key value }
      tests { name status severity type description expected actual }
      tags { name value source }
      platform { name value }
      dependencies { ...DependencyLists }
    }
  }
`,
  [dependencies],
);

type Run = NonNullable<ResultOf<typeof DetailsQuery>["run"]>;

export function Details({ of }: { of: RunKey }) {
  const { data } = useSuspenseQuery(query(DetailsQuery, { ...of }));
  const { run } = data;
  if (!run) return null;
  // Every event of the official client has its version: that is no news.
  const tags = run.tags.filter((tag) => tag.name !== "openlineage_client_version");
  const given = run.parameters.map((one) => ({ name: one.name ?? one.key, value: one.value }));
  const environment = run.environment.map((one) => ({ name: one.key, value: one.value }));
  return (
    <>
      <Incomplete errors={run.extractionErrors} />
      {run.externalQuery ? (
        <Panel title="Query">
          <Facts>
            <Fact name={run.externalQuery.source ?? "Id"}>
              <code>{run.externalQuery.id}</code>
            </Fact>
          </Facts>
        </Panel>
      ) : null}
      <Tests of={run.tests} />
      <Given title="Parameters" of={given} />
      <Given title="Environment" of={environment} />
      <Given title="Tags" of={tags} />
      <Given title="Platform" of={run.platform} />
      <Dependencies of={run.dependencies} />
    </>
  );
}

function Given({ title, of }: { title: string; of: { name: string; value: string | null }[] }) {
  if (of.length === 0) return null;
  return (
    <Panel title={title}>
      <Properties of={of} />
    </Panel>
  );
}

function Incomplete({ errors }: { errors: Run["extractionErrors"] }) {
  if (!errors) return null;
  return (
    <Panel title="Lineage may be incomplete" className="span-2 error-panel">
      <p>
        The emitter could not find out everything: {errors.failedTasks ?? "some"} of{" "}
        {errors.totalTasks ?? "its"} tasks failed. What is missing is not known.
      </p>
      <ul className="rows">
        {errors.errors.map((error) => (
          <li key={`${error.task} ${error.message}`} className="stacked">
            {error.message}
            {error.task ? <code>{error.task}</code> : null}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Tests({ of }: { of: Run["tests"] }) {
  if (of.length === 0) return null;
  return (
    <Panel title={plural(of.length, "test")}>
      <ul className="rows">
        {of.map((test) => (
          <li key={test.name} className="stacked">
            <div className="row-head">
              <span>{test.name}</span>
              <span className="badge">{test.status ?? "no result"}</span>
              {test.severity ? <span className="muted">{test.severity}</span> : null}
            </div>
            {test.description ? <span className="muted">{test.description}</span> : null}
            {test.expected || test.actual ? (
              <span className="muted">
                expected {test.expected ?? "?"}, was {test.actual ?? "?"}
              </span>
            ) : null}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
