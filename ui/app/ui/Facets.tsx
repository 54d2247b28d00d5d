// The raw facets of an entity by key, and for each key its earlier contents on request.
import { useState } from "react";
import { plural } from "../lib/format";
import { asObject, Json } from "./Json";
import { Empty, Panel } from "./Panel";
import { Time } from "./Time";

export interface FacetVersion {
  key: string;
  value: unknown;
  firstSeen: string;
  lastSeen: string;
  producer: string | null;
  current: boolean;
  deleted: boolean;
}

export function Facets({ facets, history }: { facets: unknown; history: readonly FacetVersion[] }) {
  const now = asObject(facets);
  const keys = [...new Set([...Object.keys(now), ...history.map((version) => version.key)])].sort();
  if (keys.length === 0) return <Empty>No facets were sent for this.</Empty>;
  return keys.map((key) => (
    <FacetPanel
      key={key}
      name={key}
      value={now[key]}
      versions={history
        .filter((version) => version.key === key)
        .sort((a, b) => b.firstSeen.localeCompare(a.firstSeen))}
    />
  ));
}

interface FacetPanelProps {
  name: string;
  value: unknown;
  versions: FacetVersion[];
}

function FacetPanel({ name, value, versions }: FacetPanelProps) {
  const [open, setOpen] = useState(false);
  const toggle = versions.length > 0 && (
    <button type="button" className="button small" aria-expanded={open} onClick={() => setOpen(!open)}>
      {open ? "Hide history" : plural(versions.length, "version")}
    </button>
  );
  return (
    <Panel title={<code>{name}</code>} actions={toggle}>
      {value === undefined ? (
        <Empty>Removed. Its last content is in the history.</Empty>
      ) : (
        <Json value={value} />
      )}
      {open
        ? versions.map((version) => (
            <Version key={`${version.firstSeen} ${version.producer}`} version={version} />
          ))
        : null}
    </Panel>
  );
}

function Version({ version }: { version: FacetVersion }) {
  const word = version.deleted ? "Deleted" : version.current ? "Current" : "Earlier";
  return (
    <details className="version">
      <summary>
        <span className="badge">{word}</span> <Time at={version.firstSeen} exact /> to{" "}
        <Time at={version.lastSeen} exact />
        {version.producer ? <span className="muted"> by {version.producer}</span> : null}
      </summary>
      <Json value={version.value} />
    </details>
  );
}
