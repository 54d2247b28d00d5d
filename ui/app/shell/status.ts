// The server's counts, shared by the header, the home page and the first-steps panel.
import { useQuery } from "@tanstack/react-query";
import { query } from "../graphql/client";
import { graphql } from "../graphql/tada";

export const StatusQuery = graphql(`
  query Status {
    status {
      version logSeq namespaces datasets jobs runs columns edges columnEdges
      runsLast24h failedLast24h quarantined unreadableEntryCount unreadableEntries { seq reason } demo
    }
  }
`);

/** Polls; faster while someone waits for the first event. */
export function useStatus(everyMs = 30_000) {
  return useQuery({ ...query(StatusQuery, {}), refetchInterval: everyMs, staleTime: everyMs / 2 }).data
    ?.status;
}
