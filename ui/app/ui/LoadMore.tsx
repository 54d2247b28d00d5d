// "20 of 318" and the button for the next page.
import { count } from "../lib/format";

interface LoadMoreProps {
  shown: number;
  total: number;
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}

export function LoadMore({ shown, total, query }: LoadMoreProps) {
  if (!query.hasNextPage) return null;
  return (
    <div className="load-more">
      <button
        type="button"
        className="button"
        disabled={query.isFetchingNextPage}
        onClick={() => query.fetchNextPage()}
      >
        {query.isFetchingNextPage ? "Loading…" : "Load more"}
      </button>
      <span className="muted">
        {count(shown)} of {count(total)}
      </span>
    </div>
  );
}
