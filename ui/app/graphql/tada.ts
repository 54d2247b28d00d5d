// The typed `graphql` tag: queries are checked against ../schema/schema.graphql while they are typed.
// After a change of the schema run `npm run schema`, which rewrites graphql-env.d.ts.
import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./graphql-env";

export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: { ID: string; DateTime: string; JSON: unknown; Long: number };
}>();

export type { ResultOf, VariablesOf } from "gql.tada";
