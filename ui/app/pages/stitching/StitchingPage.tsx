// Datasets whose names look like spellings of one name, and the rules that would join them.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { paged } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { plural } from "../../lib/format";
import { toggled } from "../../lib/search-params";
import { LoadMore } from "../../ui/LoadMore";
import { Panel } from "../../ui/Panel";
import { Group, stitchingGroup } from "./Group";
import { kindWord, type StitchingKind, type StitchingParams, stitchingKinds } from "./params";

const StitchingQuery = graphql(
  `
  query Stitching($after: String, $kinds: [StitchingKind!], $states: [StitchingState!]) {
    stitching(first: 20, after: $after, kinds: $kinds, states: $states) {
      totalCount
      edges { cursor node { ...StitchingGroupParts } }
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [stitchingGroup],
);

export function StitchingPage() {
  const search = useSearch({ from: "/stitching" });
  return (
    <div className="page">
      <title>Names that look alike · Headwater</title>
      <h1>Names that look alike</h1>
      <p>
        Producers write one name in several ways. Lineage ends where the name changes. Paste a rule into a
        file, try it with <code>headwater naming preview --rules naming.toml</code>, and serve with{" "}
        <code>--naming-rules naming.toml</code>. Rules add aliases and rewrite nothing.
      </p>
      <Panel title="Groups" lines={8} actions={<Filters search={search} />}>
        <Groups search={search} />
      </Panel>
    </div>
  );
}

function Filters({ search }: { search: StitchingParams }) {
  const navigate = useNavigate();
  const go = (next: Partial<StitchingParams>) =>
    navigate({ to: "/stitching", search: (old: StitchingParams) => ({ ...old, ...next }), replace: true });
  return (
    <fieldset className="chips stitching-filters" aria-label="Differences">
      {stitchingKinds.map((kind) => (
        <label key={kind} className="chip">
          <input
            type="checkbox"
            checked={search.by?.includes(kind) ?? false}
            onChange={() => go({ by: toggled(search.by, kind) as StitchingKind[] | undefined })}
          />{" "}
          {kindWord(kind)}
        </label>
      ))}
      <label className="chip">
        <input
          type="checkbox"
          checked={search.joined ?? false}
          onChange={() => go({ joined: search.joined ? undefined : true })}
        />{" "}
        joined already too
      </label>
    </fieldset>
  );
}

function Groups({ search }: { search: StitchingParams }) {
  const states = search.joined ? null : (["OPEN"] as const);
  const variables = { kinds: search.by ?? null, states: states ? [...states] : null };
  const pages = useSuspenseInfiniteQuery(paged(StitchingQuery, variables, (page) => page.stitching.pageInfo));
  const all = pages.data.pages.flatMap((page) => page.stitching.edges);
  const total = pages.data.pages[0]?.stitching.totalCount ?? 0;
  if (all.length === 0) return <Nothing search={search} />;
  return (
    <>
      <p className="muted" role="status">
        {plural(total, "group")}, the surest kinds first
      </p>
      {all.map((edge) => (
        <Group key={edge.cursor} of={edge.node} />
      ))}
      <LoadMore shown={all.length} total={total} query={pages} />
    </>
  );
}

function Nothing({ search }: { search: StitchingParams }) {
  if (search.by) return <p className="empty">No names differ in this way and are apart.</p>;
  return (
    <p className="empty">
      No two datasets look like one and are apart. When one producer writes <code>postgres://db/</code> and
      another <code>postgresql://db:5432</code>, or a host gets a second name, they stand here with the rule
      that joins them.
    </p>
  );
}
