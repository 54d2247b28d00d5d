// Teaches how to send the first event, one tab a producer.
import { useState } from "react";
import { CopyButton } from "../../ui/CopyButton";
import { type Producer, producers, snippet } from "./snippets";
import { Waiting } from "./Waiting";

export function FirstSteps({ start = "curl" }: { start?: Producer }) {
  const [chosen, setChosen] = useState<Producer>(start);
  const [moment] = useState(() => ({ now: new Date().toISOString(), run: newRunId() }));
  const shown = snippet(chosen, location.origin, moment.now, moment.run);
  return (
    <section className="panel first-steps" aria-label="First steps">
      <header>
        <h2>Send a first event</h2>
      </header>
      <p>
        Headwater builds its catalog from OpenLineage events. Point a producer at{" "}
        <code>{location.origin}/api/v1/lineage</code>:
      </p>
      <fieldset className="tabs" aria-label="Producer">
        {producers.map((producer) => (
          <button
            key={producer}
            type="button"
            aria-pressed={producer === chosen}
            onClick={() => setChosen(producer)}
          >
            {snippet(producer, "", "", "").label}
          </button>
        ))}
      </fieldset>
      <p className="muted">{shown.note}</p>
      <div className="snippet">
        <CopyButton key={chosen} text={shown.text} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
        <pre tabIndex={0}>{shown.text}</pre>
      </div>
      <Waiting />
    </section>
  );
}

/** randomUUID exists only on https and localhost. */
function newRunId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
