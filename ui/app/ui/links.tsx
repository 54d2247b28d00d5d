// Links to the pages of entities. Names go into one path segment each; the router encodes them.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { shortNamespace } from "../lib/format";
import { Icon } from "./Icon";
import { Name } from "./Name";

interface Named {
  namespace: string;
  name: string;
}

interface EntityLinkProps {
  of: Named;
  children?: ReactNode;
  /** Adds the icon of the kind. */
  icon?: boolean;
}

export function DatasetLink({ of, children, icon = false }: EntityLinkProps) {
  return (
    <Link
      className="entity"
      to="/datasets/$ns/$name"
      params={{ ns: of.namespace, name: of.name }}
      title={`${of.namespace}  ${of.name}`}
    >
      {icon ? <Icon name="dataset" /> : null}
      {children ?? <Name of={of.name} />}
    </Link>
  );
}

export function JobLink({ of, children, icon = false }: EntityLinkProps) {
  return (
    <Link
      className="entity"
      to="/jobs/$ns/$name"
      params={{ ns: of.namespace, name: of.name }}
      title={`${of.namespace}  ${of.name}`}
    >
      {icon ? <Icon name="job" /> : null}
      {children ?? <Name of={of.name} />}
    </Link>
  );
}

export function ColumnLink({
  dataset,
  name,
  children,
}: {
  dataset: Named;
  name: string;
  children?: ReactNode;
}) {
  return (
    <Link
      className="entity"
      to="/columns/$ns/$dataset/$name"
      params={{ ns: dataset.namespace, dataset: dataset.name, name }}
    >
      {children ?? name}
    </Link>
  );
}

interface RunLinkProps {
  run: { id: string; job: Named };
  children?: ReactNode;
}

/** A run link names its job too: several jobs may share one run id. */
export function RunLink({ run, children }: RunLinkProps) {
  return (
    <Link
      className="entity"
      to="/runs/$id"
      params={{ id: run.id }}
      search={{ jobns: run.job.namespace, job: run.job.name }}
      title={run.id}
    >
      {children ?? <code>{run.id.slice(0, 8)}</code>}
    </Link>
  );
}

export function NamespaceLink({ name }: { name: string }) {
  return (
    <Link className="namespace" to="/browse/$ns" params={{ ns: name }} title={name}>
      {shortNamespace(name, 40)}
    </Link>
  );
}

export function DatasetList({ of, none }: { of: readonly Named[]; none: string }) {
  if (of.length === 0) return <p className="empty">{none}</p>;
  return (
    <ul className="rows">
      {of.map((dataset) => (
        <li key={`${dataset.namespace} ${dataset.name}`}>
          <DatasetLink of={dataset} icon />
          <NamespaceLink name={dataset.namespace} />
        </li>
      ))}
    </ul>
  );
}

export function JobList({ of, none }: { of: readonly Named[]; none: string }) {
  if (of.length === 0) return <p className="empty">{none}</p>;
  return (
    <ul className="rows">
      {of.map((job) => (
        <li key={`${job.namespace} ${job.name}`}>
          <JobLink of={job} icon />
          <NamespaceLink name={job.namespace} />
        </li>
      ))}
    </ul>
  );
}
