// The picture as the server sends it: where every card and every edge goes.
import { graphql, type ResultOf } from "../graphql/tada";

export const SceneQuery = graphql(`
  query Scene(
    $focus: SceneFocus!, $up: Int, $down: Int, $jobs: Boolean, $asOf: DateTime,
    $expand: [SceneExpansion!], $openColumns: [ID!], $trace: ID
  ) {
    lineageScene(
      focus: $focus, up: $up, down: $down, jobs: $jobs, asOf: $asOf,
      expand: $expand, openColumns: $openColumns, trace: $trace
    ) {
      focus width height datasetsUpstream datasetsDownstream complete truncatedBecause incompleteReason
      nodes {
        id kind x y width height title namespace status tags columnCount hasColumnLineage
        hiddenUpstream hiddenDownstream count anchor direction distance traced
        columns { id name type y traced }
      }
      edges { id from to fromColumn toColumn points basis direct traced }
    }
  }
`);

export type Scene = ResultOf<typeof SceneQuery>["lineageScene"];
export type SceneNode = Scene["nodes"][number];
export type SceneEdge = Scene["edges"][number];
