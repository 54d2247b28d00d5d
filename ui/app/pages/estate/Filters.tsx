// What the lists of the estate page are narrowed by.
import { useSuspenseQuery } from "@tanstack/react-query";
import { query } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { plural } from "../../lib/format";
import { toggled } from "../../lib/search-params";
import { useSearchPatch } from "../../ui/useSearchPatch";
import { type EstateParams, usualDays } from "./params";

const NamespacesQuery = graphql(`
  query EstateNamespaces { namespaces { name datasets } }
`);

export function NamespaceChoice({ chosen }: { chosen: string | undefined }) {
  const patch = useSearchPatch<EstateParams>();
  const { data } = useSuspenseQuery(query(NamespacesQuery, {}));
  const names = data.namespaces.filter((one) => one.datasets > 0 || one.name === chosen);
  return (
    <label>
      <span>Namespace</span>
      <select
        className="field"
        value={chosen ?? ""}
        data-testid="estate-namespace"
        onChange={(event) => patch({ within: event.target.value || undefined })}
      >
        <option value="">all namespaces</option>
        {names.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

export function DaysChoice({ chosen }: { chosen: number | undefined }) {
  const patch = useSearchPatch<EstateParams>();
  const days = chosen ?? usualDays;
  const offered = [...new Set([1, 7, 14, 30, 90, 180, 365, days])].sort((a, b) => a - b);
  return (
    <label>
      <span>Not read for</span>
      <select
        className="field narrow"
        value={days}
        data-testid="estate-days"
        onChange={(event) => patch({ days: Number(event.target.value) })}
      >
        {offered.map((one) => (
          <option key={one} value={one}>
            {plural(one, "day")}
          </option>
        ))}
      </select>
    </label>
  );
}

interface KindsProps<Kind extends string> {
  label: string;
  all: readonly Kind[];
  chosen: readonly Kind[];
  word: (kind: Kind) => string;
  onChange: (next: Kind[] | undefined) => void;
}

/** Checkboxes for kinds; the last one cannot be taken away, for a list of nothing says nothing. */
export function Kinds<Kind extends string>({ label, all, chosen, word, onChange }: KindsProps<Kind>) {
  return (
    <fieldset className="chips" aria-label={label}>
      {all.map((kind) => (
        <label key={kind} className={chosen.includes(kind) ? "chip chosen" : "chip"}>
          <input
            type="checkbox"
            checked={chosen.includes(kind)}
            disabled={chosen.length === 1 && chosen[0] === kind}
            onChange={() => onChange(toggled(chosen, kind) as Kind[] | undefined)}
          />{" "}
          {word(kind)}
        </label>
      ))}
    </fieldset>
  );
}
