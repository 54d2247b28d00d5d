// Nothing was found: says what could be dropped.
import { Link } from "@tanstack/react-router";
import type { Filter, SearchParams } from "./params";

interface NoHitsProps {
  search: SearchParams;
  onDrop: (key: Filter, value: string) => void;
}

const names: Record<Filter, string> = { kind: "kind", ns: "namespace", tag: "tag", owner: "owner" };

export function NoHits({ search, onDrop }: NoHitsProps) {
  const filters = (Object.keys(names) as Filter[]).flatMap((key) =>
    (search[key] ?? []).map((value) => ({ key, value })),
  );
  return (
    <div className="no-hits">
      <p>Nothing matches.</p>
      {filters.length ? (
        <>
          <p>Drop a filter:</p>
          <ul className="chips">
            {filters.map(({ key, value }) => (
              <li key={`${key} ${value}`}>
                <button type="button" className="chip" onClick={() => onDrop(key, value)}>
                  × {names[key]}: {key === "kind" ? value.toLowerCase() : value}
                </button>
              </li>
            ))}
            <li>
              <Link className="chip" to="/search" search={{ q: search.q }}>
                × all filters
              </Link>
            </li>
          </ul>
        </>
      ) : (
        <p className="muted">
          Try fewer or shorter words: search matches names, their parts, columns and descriptions.
        </p>
      )}
      <p>
        <Link to="/browse">Browse the namespaces</Link>
      </p>
    </div>
  );
}
