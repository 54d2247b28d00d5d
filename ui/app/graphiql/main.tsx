// GraphiQL for this server, from the binary itself: nothing is fetched from elsewhere.
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import "graphiql/style.css";
import "./graphiql.css";

const firstQuery = `# Ask the catalog. Ctrl-Space completes, the book at the left holds the schema.
{
  status { datasets jobs runs columns }
  search(query: "", first: 5) {
    totalCount
    edges { node { __typename ... on Dataset { namespace name } ... on Job { namespace name } } }
  }
}
`;

const place = document.getElementById("graphiql");
if (place) {
  const theme = document.documentElement.dataset.theme;
  createRoot(place).render(
    <GraphiQL
      fetcher={createGraphiQLFetcher({ url: "/graphql" })}
      defaultQuery={firstQuery}
      forcedTheme={theme === "light" || theme === "dark" ? theme : undefined}
    >
      <GraphiQL.Logo>
        <a href="/">Headwater</a>
      </GraphiQL.Logo>
    </GraphiQL>,
  );
}
