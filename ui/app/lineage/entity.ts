// What the side panel knows of the selected card.
import { graphql } from "../graphql/tada";

export const EntityQuery = graphql(`
  query SceneEntity($id: ID!) {
    node(id: $id) {
      __typename
      ... on Dataset {
        namespace name description columnCount lastWrittenAt
        tags { name value }
        owners { name type }
        columns { id name type upstreamCount downstreamCount }
      }
      ... on Job {
        namespace name description
        tags { name value }
        owners { name type }
        latestRun { id state lastEventAt durationMs job { namespace name } }
      }
    }
  }
`);
