// A link to whatever an answer holds: a dataset, a job or a column.
import { ColumnLink, DatasetLink, JobLink } from "./links";
import { Name } from "./Name";

interface Named {
  namespace: string;
  name: string;
}

export type AnyEntity =
  | (
      | { __typename: "Dataset"; namespace: string; name: string }
      | { __typename: "Job"; namespace: string; name: string }
    )
  | { __typename: "Column"; name: string; dataset: Named };

interface EntityLinkProps {
  of: AnyEntity;
  icon?: boolean;
}

/** A column is named with its dataset. */
export function EntityLink({ of, icon = false }: EntityLinkProps) {
  if (of.__typename !== "Column")
    return of.__typename === "Job" ? <JobLink of={of} icon={icon} /> : <DatasetLink of={of} icon={icon} />;
  return (
    <ColumnLink dataset={of.dataset} name={of.name}>
      <Name of={of.dataset.name} />
      <wbr />.<code>{of.name}</code>
    </ColumnLink>
  );
}

/** What two of them have in common when they are one. */
export function entityKey(of: AnyEntity): string {
  return of.__typename === "Column"
    ? JSON.stringify([of.dataset.namespace, of.dataset.name, of.name])
    : JSON.stringify([of.__typename, of.namespace, of.name]);
}

/** Its full name as text. */
export function entityName(of: AnyEntity): string {
  return of.__typename === "Column" ? `${of.dataset.name}.${of.name}` : of.name;
}
