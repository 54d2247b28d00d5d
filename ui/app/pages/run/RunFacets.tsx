// Everything a run's events carried about the run itself, verbatim.
import { useSuspenseQuery } from "@tanstack/react-query";
import { query } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { Facets } from "../../ui/Facets";
import type { RunKey } from "./params";

const FacetsQuery = graphql(`
  query RunFacets($id: ID!, $jobns: String, $job: String) {
    run(id: $id, jobNamespace: $jobns, jobName: $job) {
      facets
      facetHistory { key value firstSeen lastSeen producer current deleted }
    }
  }
`);

export function RunFacets({ of }: { of: RunKey }) {
  const { data } = useSuspenseQuery(query(FacetsQuery, { ...of }));
  return <Facets facets={data.run?.facets} history={data.run?.facetHistory ?? []} />;
}
