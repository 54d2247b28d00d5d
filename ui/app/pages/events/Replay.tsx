// A refused body with its fault marked, an editor for it, and the button that sends it again.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { request } from "../../graphql/client";
import { graphql, type ResultOf } from "../../graphql/tada";
import { jsonLines } from "../../lib/json-lines";
import { Failure } from "../../ui/Boundary";
import { RawJson } from "../../ui/RawJson";
import type { Refused } from "./Quarantine";

const ReplayMutation = graphql(`
  mutation Replay($id: ID!, $body: String) {
    replayQuarantined(id: $id, body: $body) {
      taken
      events { index outcome seq reason pointer }
    }
  }
`);

type Result = ResultOf<typeof ReplayMutation>["replayQuarantined"];

export function Replay({ event }: { event: Refused }) {
  const [edited, setEdited] = useState<string>();
  const queries = useQueryClient();
  const replay = useMutation({
    mutationFn: (body: string | undefined) => request(ReplayMutation, { id: event.id, body }),
    onSuccess: () => queries.invalidateQueries(),
  });
  const result = replay.data?.replayQuarantined;
  const fault = result?.events.find((one) => one.outcome === "QUARANTINED");
  const begin = () =>
    setEdited(
      jsonLines(event.body)
        ?.map((line) => line.text)
        .join("\n") ?? event.body,
    );
  return (
    <div className="replay">
      {edited === undefined ? (
        <RawJson text={event.body} mark={event.pointer} label="What was sent" />
      ) : (
        <textarea
          aria-label="Corrected body"
          className="code"
          rows={16}
          spellCheck={false}
          value={edited}
          onChange={(change) => setEdited(change.target.value)}
        />
      )}
      {event.whole ? null : (
        <p className="muted">Only the beginning of this body was kept, so it cannot be sent as it was.</p>
      )}
      <div className="replay-tools">
        {edited === undefined ? (
          <button type="button" className="button" onClick={begin}>
            Correct it
          </button>
        ) : (
          <button type="button" className="button" onClick={() => setEdited(undefined)}>
            Show what was sent
          </button>
        )}
        <button
          type="button"
          className="button primary"
          disabled={replay.isPending || (edited === undefined && !event.whole)}
          onClick={() => replay.mutate(edited)}
        >
          {replay.isPending
            ? "Sending…"
            : edited === undefined
              ? "Send it again as it was"
              : "Send the corrected body"}
        </button>
      </div>
      <div role="status">
        {replay.error ? <Failure error={replay.error} onRetry={() => replay.mutate(edited)} /> : null}
        {result?.taken ? <Taken result={result} /> : null}
        {result && !result.taken && fault ? (
          <p className="error-line">
            Still not understood: {fault.reason}
            {fault.pointer ? ` at ${fault.pointer}` : ""}. Nothing was taken.
          </p>
        ) : null}
      </div>
    </div>
  );
}

function Taken({ result }: { result: Result }) {
  const { events } = result;
  const repeats = events.filter((one) => one.outcome === "REPEATED").length;
  return (
    <p>
      {repeats === events.length ? "The log had this already: " : "Taken: "}
      {events.slice(0, 20).map((one, i) => (
        <span key={one.index}>
          {i ? ", " : ""}
          <Link to="/events" search={{ seq: one.seq ?? undefined }}>
            event {one.seq}
          </Link>
        </span>
      ))}
      {events.length > 20 ? ` and ${events.length - 20} more` : ""}.
    </p>
  );
}
