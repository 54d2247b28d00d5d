// The facet lists. A chosen value stays listed even when nothing is counted for it any more.
import { useState } from "react";
import { count } from "../../lib/format";
import type { Filter, SearchParams } from "./params";
import type { SearchFacets } from "./SearchPage";

interface FiltersProps {
  facets: SearchFacets | undefined;
  search: SearchParams;
  onToggle: (key: Filter, value: string) => void;
}

const sections = [
  { key: "kind", facet: "kinds", title: "Kind" },
  { key: "ns", facet: "namespaces", title: "Namespace" },
  { key: "tag", facet: "tags", title: "Tag" },
  { key: "owner", facet: "owners", title: "Owner" },
] as const;

/** On a phone the filters wait behind their titles. */
const isRoomy = () => matchMedia("(min-width: 761px)").matches;

export function Filters({ facets, search, onToggle }: FiltersProps) {
  const [roomy] = useState(isRoomy);
  return sections.map(({ key, facet, title }) => {
    const chosen: readonly string[] = search[key] ?? [];
    const counted = facets?.[facet] ?? [];
    const missing = chosen.filter(
      (value) => !counted.some((c) => c.value.toLowerCase() === value.toLowerCase()),
    );
    const all = [...counted, ...missing.map((value) => ({ value, count: 0 }))];
    if (all.length === 0) return null;
    return (
      <details key={key} className="filter" open={roomy}>
        <summary>{title}</summary>
        <ul>
          {all.map(({ value, count: n }) => (
            <li key={value}>
              <label title={value}>
                <input
                  type="checkbox"
                  checked={chosen.includes(key === "kind" ? value.toUpperCase() : value)}
                  onChange={() => onToggle(key, key === "kind" ? value.toUpperCase() : value)}
                />
                <span>{key === "kind" ? `${value.toLowerCase()}s` : value}</span>
                <span className="muted">{count(n)}</span>
              </label>
            </li>
          ))}
        </ul>
      </details>
    );
  });
}
