// Everything a job's producers sent, verbatim.
import { useSuspenseQuery } from "@tanstack/react-query";
import { query } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { Facets } from "../../ui/Facets";

const FacetsQuery = graphql(`
  query JobFacets($ns: String!, $name: String!) {
    job(namespace: $ns, name: $name) {
      facets
      facetHistory { key value firstSeen lastSeen producer current deleted }
    }
  }
`);

export function JobFacets({ of }: { of: { namespace: string; name: string } }) {
  const { data } = useSuspenseQuery(query(FacetsQuery, { ns: of.namespace, name: of.name }));
  return <Facets facets={data.job?.facets} history={data.job?.facetHistory ?? []} />;
}
