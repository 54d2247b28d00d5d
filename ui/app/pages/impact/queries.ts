// What the impact page asks: the verdicts in numbers, and what is affected page by page.
import { graphql, type ResultOf, type VariablesOf } from "../../graphql/tada";

const counts = graphql(`
  fragment ImpactCountParts on ImpactCounts { breaks risky unknown safe }
`);

const totals = graphql(
  `
  fragment ImpactTotalParts on ImpactTotals {
    datasets { ...ImpactCountParts }
    jobs { ...ImpactCountParts }
    columns { ...ImpactCountParts }
  }
`,
  [counts],
);

export const ImpactQuery = graphql(
  `
  query Impact($change: ImpactChange!, $trust: Boolean!, $whole: Boolean!, $asOf: DateTime) {
    impact(change: $change, trustInferred: $trust, assumeComplete: $whole, asOf: $asOf) {
      verdict typeChange complete
      totals { ...ImpactTotalParts }
      byDepth { distance totals { ...ImpactTotalParts } }
      owners { name datasets { ...ImpactCountParts } jobs { ...ImpactCountParts } }
    }
  }
`,
  [totals, counts],
);

export type Impact = ResultOf<typeof ImpactQuery>["impact"];

const entity = graphql(`
  fragment ImpactEntityParts on ImpactEntity {
    __typename
    ... on Dataset { id namespace name }
    ... on Job { id namespace name }
    ... on Column { id name dataset { namespace name } }
  }
`);

const items = graphql(
  `
  fragment ImpactItems on ImpactConnection {
    totalCount
    edges {
      cursor
      node {
        verdict distance reason
        node { ...ImpactEntityParts }
        proof {
          reason basis confidence lastSeen
          from { ...ImpactEntityParts }
          to { ...ImpactEntityParts }
          job { namespace name }
          transformations { type subtype description masking }
          evidence(first: 1) { id job { namespace name } }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
`,
  [entity],
);

export const AffectedQuery = graphql(
  `
  query ImpactAffected(
    $change: ImpactChange!, $trust: Boolean!, $whole: Boolean!, $asOf: DateTime,
    $verdicts: [ImpactVerdict!], $after: String,
    $datasets: Boolean!, $jobs: Boolean!, $columns: Boolean!
  ) {
    impact(change: $change, trustInferred: $trust, assumeComplete: $whole, asOf: $asOf) {
      datasets(verdicts: $verdicts, first: 20, after: $after) @include(if: $datasets) { ...ImpactItems }
      jobs(verdicts: $verdicts, first: 20, after: $after) @include(if: $jobs) { ...ImpactItems }
      columns(verdicts: $verdicts, first: 20, after: $after) @include(if: $columns) { ...ImpactItems }
    }
  }
`,
  [items],
);

export type Entity = ResultOf<typeof entity>;
export type Affected = ResultOf<typeof items>["edges"][number]["node"];
export type ProofStep = Affected["proof"][number];
export type ImpactVariables = VariablesOf<typeof ImpactQuery>;
