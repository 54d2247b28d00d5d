// What a run did: its failure first, then its data, its family and its facts.
import { useSuspenseQuery } from "@tanstack/react-query";
import { query } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { plural } from "../../lib/format";
import { Fact, Facts } from "../../ui/Facts";
import { Panel } from "../../ui/Panel";
import { Time } from "../../ui/Time";
import { Causes } from "../freshness/lazy";
import { Details } from "./Details";
import { Family } from "./Family";
import type { RunKey } from "./params";
import { RunData, runDataset } from "./RunData";

const OverviewQuery = graphql(
  `
  query RunOverview($id: ID!, $jobns: String, $job: String) {
    run(id: $id, jobNamespace: $jobns, jobName: $job) {
      state startedAt endedAt nominalStart nominalEnd firstEventAt lastEventAt
      error { message programmingLanguage stackTrace }
      engine { name version adapterVersion }
      inputs { ...RunDatasetRow }
      outputs { ...RunDatasetRow }
    }
  }
`,
  [runDataset],
);

type Run = NonNullable<ResultOf<typeof OverviewQuery>["run"]>;

export function Overview({ of }: { of: RunKey }) {
  const { data } = useSuspenseQuery(query(OverviewQuery, { ...of }));
  const { run } = data;
  if (!run) return null;
  return (
    <div className="columns-2">
      {run.error ? (
        <Panel title="Error" className="span-2 error-panel">
          <ErrorText error={run.error} />
        </Panel>
      ) : null}
      {run.state === "FAIL" || run.state === "ABORT" ? (
        <Panel title="What may be the cause" className="span-2">
          <Causes of={{ run: of.id }} />
        </Panel>
      ) : null}
      <Panel title={`Read ${plural(run.inputs.length, "dataset")}`}>
        <RunData of={run.inputs} none="It read no known dataset." />
      </Panel>
      <Panel title={`Wrote ${plural(run.outputs.length, "dataset")}`}>
        <RunData of={run.outputs} none="It wrote no known dataset." />
      </Panel>
      <Panel title="Times">
        <Facts>
          <Fact name="Started">
            <Time at={run.startedAt} exact />
          </Fact>
          <Fact name="Ended">
            <Time at={run.endedAt} exact />
          </Fact>
          {run.nominalStart ? (
            <Fact name="Planned for">
              <Time at={run.nominalStart} exact /> {run.nominalEnd ? "to " : ""}
              {run.nominalEnd ? <Time at={run.nominalEnd} exact /> : null}
            </Fact>
          ) : null}
          <Fact name="First event">
            <Time at={run.firstEventAt} exact />
          </Fact>
          <Fact name="Last event">
            <Time at={run.lastEventAt} exact />
          </Fact>
          {run.engine?.name ? (
            <Fact name="Engine">
              {run.engine.name} {run.engine.version}
              {run.engine.adapterVersion ? (
                <span className="muted"> (adapter {run.engine.adapterVersion})</span>
              ) : null}
            </Fact>
          ) : null}
        </Facts>
      </Panel>
      <Panel title="Related runs">
        <Family of={of} />
      </Panel>
      <Details of={of} />
    </div>
  );
}

function ErrorText({ error }: { error: NonNullable<Run["error"]> }) {
  return (
    <>
      <pre className="error-message">{error.message ?? "The run failed without a message."}</pre>
      {error.stackTrace ? (
        <details>
          <summary>
            Stack trace{error.programmingLanguage ? ` (${error.programmingLanguage.toLowerCase()})` : ""}
          </summary>
          <pre className="code">{error.stackTrace}</pre>
        </details>
      ) : null}
    </>
  );
}
