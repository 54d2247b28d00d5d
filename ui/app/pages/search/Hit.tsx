// One hit: what it is, where it lives, why it matched.
import { Link } from "@tanstack/react-router";
import { plural } from "../../lib/format";
import { Owners, Tags } from "../../ui/Chips";
import { Icon } from "../../ui/Icon";
import { DatasetLink, NamespaceLink } from "../../ui/links";
import { StateDot } from "../../ui/State";
import { Time } from "../../ui/Time";
import type { SearchHit } from "./SearchPage";

export function Hit({ hit, current }: { hit: SearchHit; current: boolean }) {
  const { node } = hit;
  return (
    <li
      className="hit"
      data-testid="search-hit"
      data-kind={node.__typename}
      aria-current={current || undefined}
    >
      <div className="row-head">
        <Title node={node} />
        <Where node={node} />
      </div>
      {node.description ? <p className="clamp">{node.description}</p> : null}
      <div className="hit-foot">
        <Tags tags={node.tags} />
        {node.__typename === "Column" ? null : <Owners owners={node.owners} />}
        <span className="muted">
          <Note node={node} />
          {hit.matched.length ? ` · found by ${foundBy(hit.matched)}` : ""}
        </span>
      </div>
    </li>
  );
}

/** Where the words stand. The whole name says more than "words", a part of it. */
function foundBy(matched: readonly string[]): string {
  const told = matched.filter((field) => field !== "words" || !matched.includes("name"));
  return told.map((field) => (field === "words" ? "part of its name" : field)).join(", ");
}

type Node = SearchHit["node"];

function Title({ node }: { node: Node }) {
  if (node.__typename === "Dataset")
    return (
      <Link
        className="entity hit-title"
        to="/datasets/$ns/$name"
        params={{ ns: node.namespace, name: node.name }}
      >
        <Icon name="dataset" /> {node.name}
      </Link>
    );
  if (node.__typename === "Job")
    return (
      <Link
        className="entity hit-title"
        to="/jobs/$ns/$name"
        params={{ ns: node.namespace, name: node.name }}
      >
        <Icon name="job" /> {node.name}
      </Link>
    );
  return (
    <Link
      className="entity hit-title"
      to="/columns/$ns/$dataset/$name"
      params={{ ns: node.dataset.namespace, dataset: node.dataset.name, name: node.name }}
    >
      <Icon name="column" /> {node.name}
    </Link>
  );
}

function Where({ node }: { node: Node }) {
  if (node.__typename !== "Column") return <NamespaceLink name={node.namespace} />;
  return (
    <span className="muted">
      in <DatasetLink of={node.dataset} /> <NamespaceLink name={node.dataset.namespace} />
    </span>
  );
}

function Note({ node }: { node: Node }) {
  if (node.__typename === "Column") return <>column{node.columnType ? `, ${node.columnType}` : ""}</>;
  if (node.__typename === "Dataset")
    return (
      <>
        dataset, {plural(node.columnCount, "column")}
        {node.lastWrittenAt ? (
          <>
            , written <Time at={node.lastWrittenAt} />
          </>
        ) : null}
      </>
    );
  return (
    <>
      job
      {node.latestRun ? (
        <>
          , <StateDot state={node.latestRun.state} /> ran <Time at={node.latestRun.lastEventAt} />
        </>
      ) : null}
    </>
  );
}
