// The code of a job, how its events come, and what its platform says; only what is known.
import { useSuspenseQuery } from "@tanstack/react-query";
import { query } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { CopyButton } from "../../ui/CopyButton";
import { Dependencies, dependencies } from "../../ui/Dependencies";
import { Panel } from "../../ui/Panel";
import { Properties } from "../../ui/Properties";

const DetailsQuery = graphql(
  `
  query JobDetails($ns: String!, $name: String!) {
    job(namespace: $ns, name: $name) {
      displayName
      type { eventTrigger eventContentMode windowSeconds }
      sourceCode { language code }
      platform { name value }
      dependencies { ...DependencyLists }
    }
  }
`,
  [dependencies],
);

export function Details({ of }: { of: { namespace: string; name: string } }) {
  const { data } = useSuspenseQuery(query(DetailsQuery, { ns: of.namespace, name: of.name }));
  const { job } = data;
  if (!job) return null;
  const told = [
    { name: "Called", value: job.displayName },
    { name: "Events come", value: job.type?.eventTrigger ?? null },
    { name: "Each event tells", value: job.type?.eventContentMode ?? null },
    { name: "Window (seconds)", value: job.type?.windowSeconds?.toString() ?? null },
    ...job.platform,
  ].filter((one) => one.value !== null);
  return (
    <>
      <Dependencies of={job.dependencies} />
      {told.length ? (
        <Panel title="How it runs">
          <Properties of={told} />
        </Panel>
      ) : null}
      {job.sourceCode ? (
        <Panel
          title={job.sourceCode.language ? `Code (${job.sourceCode.language})` : "Code"}
          actions={<CopyButton text={job.sourceCode.code} />}
          className="span-2"
        >
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
          <pre className="code" tabIndex={0}>
            {job.sourceCode.code}
          </pre>
        </Panel>
      ) : null}
    </>
  );
}
