// The lineage view inside an entity's page. The drawing code is fetched only when it is wanted.
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, useCallback } from "react";
import { Icon } from "../ui/Icon";
import type { Focus } from "./params";
import { useLineageParams } from "./useLineageParams";

const LineageView = lazy(() => import("./LineageView").then((module) => ({ default: module.LineageView })));

export function LineageTab({ focus }: { focus: Focus }) {
  const [params, change] = useLineageParams();
  const navigate = useNavigate();
  const onFocus = useCallback(
    (next: Focus) => {
      const to = next.kind === "JOB" ? "/jobs/$ns/$name" : "/datasets/$ns/$name";
      navigate({ to, params: { ns: next.namespace, name: next.name }, search: { tab: "lineage" } });
    },
    [navigate],
  );
  const { up, down, jobs, expand, cols, trace, asof, sel, list } = params;
  const fullScreen = (
    <Link
      className="button small"
      to="/lineage/$kind/$ns/$name"
      params={{ kind: focus.kind === "JOB" ? "job" : "dataset", ns: focus.namespace, name: focus.name }}
      search={{ up, down, jobs, expand, cols, trace, asof, sel, list }}
      data-testid="open-full-lineage"
    >
      <Icon name="fit" size={14} /> Full screen
    </Link>
  );
  return (
    <section className="panel lineage-tab" aria-label="Lineage">
      <LineageView
        focus={focus}
        params={params}
        change={change}
        onFocus={onFocus}
        full={false}
        extra={fullScreen}
      />
    </section>
  );
}
