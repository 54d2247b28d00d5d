// Search: filters at the left, ranked hits at the right, everything in the address.
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { paged } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { plural } from "../../lib/format";
import { toggled } from "../../lib/search-params";
import { useWalk } from "../../shell/useWalk";
import { Failure } from "../../ui/Boundary";
import { LoadMore } from "../../ui/LoadMore";
import { Skeleton } from "../../ui/Skeleton";
import { Filters } from "./Filters";
import { Hit } from "./Hit";
import { NoHits } from "./NoHits";
import type { Filter, SearchParams } from "./params";

const SearchQuery = graphql(`
  query Search($text: String!, $filter: SearchFilter, $after: String) {
    search(query: $text, first: 25, after: $after, filter: $filter) {
      totalCount
      edges {
        cursor
        matched
        node {
          __typename
          ... on Dataset {
            id namespace name description columnCount lastWrittenAt
            tags { name value } owners { name type }
          }
          ... on Job {
            id namespace name description
            tags { name value } owners { name type }
            latestRun { state lastEventAt }
          }
          ... on Column {
            id name description columnType: type
            tags { name value }
            dataset { namespace name }
          }
        }
      }
      pageInfo { hasNextPage endCursor }
      facets {
        kinds { value count }
        namespaces { value count }
        tags { value count }
        owners { value count }
      }
    }
  }
`);

export type SearchHit = ResultOf<typeof SearchQuery>["search"]["edges"][number];
export type SearchFacets = ResultOf<typeof SearchQuery>["search"]["facets"];

export function SearchPage() {
  const search = useSearch({ from: "/search" });
  const navigate = useNavigate();
  const filter = { kinds: search.kind, namespaces: search.ns, tags: search.tag, owners: search.owner };
  const pages = useInfiniteQuery({
    ...paged(SearchQuery, { text: search.q ?? "", filter }, (page) => page.search.pageInfo),
    placeholderData: keepPreviousData,
  });
  const toggle = (key: Filter, value: string) =>
    navigate({ to: "/search", search: (old: SearchParams) => ({ ...old, [key]: toggled(old[key], value) }) });
  const hits = pages.data?.pages.flatMap((page) => page.search.edges) ?? [];
  const first = pages.data?.pages[0]?.search;
  const current = useWalk("[data-testid=search-hit] a.hit-title", hits.length);
  return (
    <div className="page search-page">
      <title>{search.q ? `${search.q} · Headwater` : "Search · Headwater"}</title>
      <h1 className="visually-hidden">Search</h1>
      <aside aria-label="Filters">
        <Filters facets={first?.facets} search={search} onToggle={toggle} />
      </aside>
      <section aria-label="Hits" aria-busy={pages.isFetching}>
        <p className="total" role="status">
          {first ? plural(first.totalCount, "hit") : "Searching…"}
          {search.q ? ` for “${search.q}”` : ""}
        </p>
        {pages.error ? <Failure error={pages.error} onRetry={() => pages.refetch()} /> : null}
        {pages.isPending ? <Skeleton lines={8} /> : null}
        {first?.totalCount === 0 ? <NoHits search={search} onDrop={toggle} /> : null}
        <ol className="hits">
          {hits.map((hit, i) => (
            <Hit key={hit.node.id} hit={hit} current={i === current} />
          ))}
        </ol>
        <LoadMore shown={hits.length} total={first?.totalCount ?? 0} query={pages} />
      </section>
    </div>
  );
}
