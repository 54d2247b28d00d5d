// Jobs that wait for each other: control flow, which is not lineage.
import { graphql, type ResultOf } from "../graphql/tada";
import { JobLink } from "./links";
import { Panel } from "./Panel";

export const dependencies = graphql(`
  fragment DependencyLists on Dependencies {
    triggerRule
    upstream { namespace name type job { namespace name } }
    downstream { namespace name type job { namespace name } }
  }
`);

type Lists = ResultOf<typeof dependencies>;

export function Dependencies({ of }: { of: Lists | null }) {
  if (!of || of.upstream.length + of.downstream.length === 0) return null;
  return (
    <Panel title="Control flow">
      <p className="muted">Which jobs wait for which. No data flows along these.</p>
      <List title={of.triggerRule ? `Waits for (${of.triggerRule})` : "Waits for"} of={of.upstream} />
      <List title="Lets begin" of={of.downstream} />
    </Panel>
  );
}

function List({ title, of }: { title: string; of: Lists["upstream"] }) {
  if (of.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul className="rows">
        {of.map((one) => (
          <li key={`${one.namespace} ${one.name} ${one.type}`}>
            {one.job ? <JobLink of={one.job} /> : <code>{one.name}</code>}{" "}
            <span className="namespace">{one.namespace}</span>
            {one.type ? <span className="badge">{one.type.toLowerCase().replaceAll("_", " ")}</span> : null}
          </li>
        ))}
      </ul>
    </>
  );
}
