// Datasets that look like one: in what they differ, what speaks for it, and the rule to paste.
import { Link } from "@tanstack/react-router";
import { graphql, type ResultOf } from "../../graphql/tada";
import { count, plural } from "../../lib/format";
import { CopyButton } from "../../ui/CopyButton";
import { DatasetLink } from "../../ui/links";
import { sentence } from "./params";

export const stitchingGroup = graphql(`
  fragment StitchingGroupParts on StitchingGroup {
    kinds state confidence rules memberCount
    members(first: 10) { edges { node { id namespace name } } }
    evidence { kind text }
    suggestedRule
  }
`);

type Parts = ResultOf<typeof stitchingGroup>;

export function Group({ of: group }: { of: Parts }) {
  const members = group.members.edges.map((edge) => edge.node);
  const title = `${plural(group.memberCount, "dataset")} that differ in ${sentence(group.kinds)}`;
  return (
    <article className="version" data-testid="stitching-group" aria-label={title}>
      <h3>
        {title} <Standing group={group} />
      </h3>
      <ul className="rows">
        {members.map((member) => (
          <li key={member.id}>
            <DatasetLink of={member} icon />
            {/* In full: what is left out of a short one may be the difference. */}
            <Link className="namespace" to="/browse/$ns" params={{ ns: member.namespace }}>
              {member.namespace}
            </Link>
          </li>
        ))}
        {group.memberCount > members.length ? (
          <li className="muted">and {count(group.memberCount - members.length)} more</li>
        ) : null}
      </ul>
      {group.evidence.length ? (
        <ul className="bullets">
          {group.evidence.map((one) => (
            <li key={one.kind}>{one.text}</li>
          ))}
        </ul>
      ) : null}
      {group.suggestedRule ? <Rule text={group.suggestedRule} /> : null}
    </article>
  );
}

function Standing({ group }: { group: Parts }) {
  if (group.state === "COVERED")
    return <span className="badge tone-ok">joined by {group.rules.join(", ")}</span>;
  if (group.state === "MERGED") return <span className="badge tone-ok">one already</span>;
  const tone = { HIGH: "tone-ok", MEDIUM: "tone-busy", LOW: "" }[group.confidence];
  return <span className={`badge ${tone}`}>{group.confidence.toLowerCase()} confidence</span>;
}

function Rule({ text }: { text: string }) {
  return (
    <details>
      <summary>Rule to paste</summary>
      <div className="snippet">
        <CopyButton text={text} label="Copy rule" />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
        <pre tabIndex={0}>{text}</pre>
      </div>
    </details>
  );
}
