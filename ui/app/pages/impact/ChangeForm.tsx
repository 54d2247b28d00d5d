// The choice of a change. A choice counts at once; a new name or type when it is sent.
import { useSuspenseQuery } from "@tanstack/react-query";
import { type FormEvent, useId } from "react";
import { query } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { useSearchPatch } from "../../ui/useSearchPatch";
import {
  type ChangeKind,
  changesOf,
  changeWord,
  chosenChange,
  type ImpactParams,
  type Subject,
} from "./params";

const ColumnsQuery = graphql(`
  query ImpactColumns($ns: String!, $name: String!) {
    dataset(namespace: $ns, name: $name) { columns { name type } }
  }
`);

interface ChangeFormProps {
  of: Subject;
  params: ImpactParams;
}

export function ChangeForm({ of, params }: ChangeFormProps) {
  const patch = useSearchPatch<ImpactParams>();
  const kind = chosenChange(of, params);
  const named = kind === "rename" || kind === "retype";
  return (
    <div className="change-form">
      <label>
        <span>Change</span>
        <select
          className="field"
          value={kind}
          data-testid="impact-change"
          onChange={(event) => patch({ change: event.target.value as ChangeKind, to: undefined })}
        >
          {changesOf(of).map((one) => (
            <option key={one} value={one}>
              {changeWord(one, of)}
            </option>
          ))}
        </select>
      </label>
      {of.kind === "dataset" && kind !== "drop" ? <ColumnChoice of={of} chosen={params.column} /> : null}
      {named ? <NewValue key={kind} kind={kind} to={params.to} /> : null}
      <Assumptions params={params} />
    </div>
  );
}

function ColumnChoice({
  of,
  chosen,
}: {
  of: { namespace: string; name: string };
  chosen: string | undefined;
}) {
  const patch = useSearchPatch<ImpactParams>();
  const { data } = useSuspenseQuery(query(ColumnsQuery, { ns: of.namespace, name: of.name }));
  const columns = data.dataset?.columns ?? [];
  const unlisted = chosen !== undefined && columns.every((column) => column.name !== chosen);
  if (columns.length === 0 && !unlisted) return <p className="muted">No columns of it are known.</p>;
  return (
    <label>
      <span>Column</span>
      <select
        className="field"
        value={chosen ?? ""}
        data-testid="impact-column"
        onChange={(event) => patch({ column: event.target.value || undefined })}
      >
        <option value="">Choose a column</option>
        {unlisted ? <option value={chosen}>{chosen}</option> : null}
        {columns.map((column) => (
          <option key={column.name} value={column.name}>
            {column.name}
            {column.type ? ` (${column.type})` : ""}
          </option>
        ))}
      </select>
    </label>
  );
}

function NewValue({ kind, to }: { kind: "rename" | "retype"; to: string | undefined }) {
  const patch = useSearchPatch<ImpactParams>();
  const id = useId();
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = new FormData(event.currentTarget).get("to");
    patch({ to: typeof value === "string" && value.trim() ? value.trim() : undefined });
  };
  return (
    <form onSubmit={send}>
      <label htmlFor={id}>{kind === "rename" ? "New name" : "New type"}</label>
      <span className="field-row">
        <input
          id={id}
          key={to}
          name="to"
          className="field"
          defaultValue={to}
          autoComplete="off"
          spellCheck={false}
          placeholder={kind === "rename" ? "customer_key" : "bigint"}
        />
        <button type="submit" className="button">
          Show impact
        </button>
      </span>
    </form>
  );
}

/** Two ways to take lineage at its word; docs/CHECK.md says when that is right. */
function Assumptions({ params }: { params: ImpactParams }) {
  const patch = useSearchPatch<ImpactParams>();
  return (
    <fieldset className="assumptions">
      <legend className="visually-hidden">How far to trust lineage</legend>
      <label title="Otherwise it only makes things risky or unknown.">
        <input
          type="checkbox"
          checked={params.trust ?? false}
          onChange={() => patch({ trust: params.trust ? undefined : true })}
        />{" "}
        trust lineage read from SQL
      </label>
      <label title="Otherwise what it does not name is unknown and not safe.">
        <input
          type="checkbox"
          checked={params.whole ?? false}
          onChange={() => patch({ whole: params.whole ? undefined : true })}
        />{" "}
        take column lineage as complete
      </label>
    </fieldset>
  );
}
