// The lineage view as a page of its own.
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { Icon } from "../ui/Icon";
import { DatasetLink, JobLink } from "../ui/links";
import { LineageView } from "./LineageView";
import type { Focus } from "./params";
import { useLineageParams } from "./useLineageParams";

export function LineagePage() {
  const { kind, ns, name } = useParams({ from: "/lineage/$kind/$ns/$name" });
  const [params, change] = useLineageParams();
  const navigate = useNavigate();
  const focus: Focus = useMemo(
    () => ({ kind: kind === "job" ? "JOB" : "DATASET", namespace: ns, name }),
    [kind, ns, name],
  );
  // A new focus keeps the wishes (depth, jobs, time) and drops what belonged to the old picture.
  const onFocus = useCallback(
    (next: Focus) =>
      navigate({
        to: "/lineage/$kind/$ns/$name",
        params: { kind: next.kind === "JOB" ? "job" : "dataset", ns: next.namespace, name: next.name },
        search: { up: params.up, down: params.down, jobs: params.jobs, asof: params.asof, list: params.list },
      }),
    [navigate, params],
  );
  const of = { namespace: ns, name };
  return (
    <div className="lineage-page">
      <title>{`Lineage of ${name} · Headwater`}</title>
      <header>
        <Icon name="graph" />
        <h1>Lineage of {kind === "job" ? <JobLink of={of} /> : <DatasetLink of={of} />}</h1>
        <Link className="namespace" to="/browse/$ns" params={{ ns }}>
          {ns}
        </Link>
      </header>
      <LineageView focus={focus} params={params} change={change} onFocus={onFocus} full />
    </div>
  );
}
