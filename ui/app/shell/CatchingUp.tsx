// Said on every page while the server is behind its event log: how far it is, and what that means for what is seen.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { query } from "../graphql/client";
import { graphql } from "../graphql/tada";
import { count } from "../lib/format";
import { type Behind, behind, useBehind } from "./behind";

const ProgressQuery = graphql(`
  query CatchingUp {
    status { logSeq catalogSeq searchSeq rebuilding { reason answersAsOf builtUpTo } }
  }
`);

/** How often a server that is behind is asked how far it is. */
const EVERY_MS = 1000;

export function CatchingUp() {
  const now = useBehind();
  return now ? <Banner now={now} /> : null;
}

function Banner({ now }: { now: Behind }) {
  const rebuilding = useProgress();
  const done = rebuilding?.builtUpTo ?? now.sequence;
  return (
    <div className="behind banner warn" data-testid="catching-up">
      <p role="status">
        {rebuilding
          ? `The catalog is being rebuilt (${rebuilding.reason}): `
          : "The server is still reading its event log: "}
        {/* Not read out each second; the bar has it for screen readers. */}
        <span className="behind-count" aria-hidden="true">
          {count(done)} of {count(now.acknowledged)}
        </span>
        {rebuilding
          ? `; until then you see what was known up to event ${count(rebuilding.answersAsOf)}.`
          : "; what you see may be missing the newest events."}
      </p>
      <progress
        aria-label="Events that are taken in"
        value={done}
        max={now.acknowledged}
        aria-valuetext={`${count(done)} of ${count(now.acknowledged)}`}
      />
    </div>
  );
}

/** Asks until everything is there; then what the page shows is read anew. Returns what is built meanwhile. */
function useProgress() {
  const client = useQueryClient();
  const { data, dataUpdatedAt } = useQuery({
    ...query(ProgressQuery, {}),
    refetchInterval: EVERY_MS,
    staleTime: 0,
    gcTime: 0,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same answer may come again later
  useEffect(() => {
    if (!data) return;
    const { logSeq, catalogSeq, searchSeq } = data.status;
    if (behind.reached(Math.min(catalogSeq, searchSeq), logSeq)) void client.invalidateQueries();
  }, [data, dataUpdatedAt, client]);
  return data?.status.rebuilding ?? null;
}
