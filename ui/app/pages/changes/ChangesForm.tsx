// The choice of two instants, a direction and how far to look.
import { fromLocalInput, toLocalInput } from "../../lib/format";
import { useSearchPatch } from "../../ui/useSearchPatch";
import { type ChangesParams, daysAgo, usualDays, type Way } from "./params";

const presets = [1, 7, 30, 90] as const;
const wayWords: Record<Way, string> = { both: "upstream and downstream", up: "upstream", down: "downstream" };

interface ChangesFormProps {
  params: ChangesParams;
  now: number;
}

export function ChangesForm({ params, now }: ChangesFormProps) {
  const patch = useSearchPatch<ChangesParams>();
  const since = params.since ?? daysAgo(usualDays, now);
  return (
    <div className="change-form">
      <label>
        <span>From</span>
        <input
          className="field"
          type="datetime-local"
          value={toLocalInput(since)}
          onChange={(event) => patch({ since: fromLocalInput(event.target.value) })}
        />
      </label>
      <label>
        <span>To (now when empty)</span>
        <input
          className="field"
          type="datetime-local"
          value={params.until ? toLocalInput(params.until) : ""}
          onChange={(event) => patch({ until: fromLocalInput(event.target.value) })}
        />
      </label>
      <label>
        <span>Look</span>
        <select
          className="field"
          value={params.way ?? "both"}
          onChange={(event) => patch({ way: event.target.value as Way })}
        >
          {(["both", "up", "down"] as const).map((way) => (
            <option key={way} value={way}>
              {wayWords[way]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>How far</span>
        <select
          className="field narrow"
          value={params.steps ?? ""}
          onChange={(event) => patch({ steps: Number(event.target.value) || undefined })}
        >
          <option value="">all the way</option>
          {[1, 2, 3, 5, 10].map((steps) => (
            <option key={steps} value={steps}>
              {steps === 1 ? "1 step" : `${steps} steps`}
            </option>
          ))}
        </select>
      </label>
      <fieldset className="chips" aria-label="From">
        {presets.map((days) => {
          const at = daysAgo(days, now);
          return (
            <button
              key={days}
              type="button"
              className={since === at ? "chip chosen" : "chip"}
              aria-pressed={since === at}
              onClick={() => patch({ since: at, until: undefined })}
            >
              {days === 1 ? "since yesterday" : `${days} days`}
            </button>
          );
        })}
      </fieldset>
      <div className="assumptions">
        <label>
          <input
            type="checkbox"
            checked={params.again ?? false}
            onChange={() => patch({ again: params.again ? undefined : true })}
          />{" "}
          what was not seen again counts as removed
        </label>
      </div>
      <p className="muted hint">
        Times are those of events. Runs add up: an edge holds until something is declared otherwise, also when
        newer runs do not show it.
      </p>
    </div>
  );
}
