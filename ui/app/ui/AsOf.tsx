// The moment that a page is about: chosen, and said in words wherever it is not now.
import { fromLocalInput, localTime, toLocalInput } from "../lib/format";
import { moment, type RawSearch } from "../lib/search-params";
import { useSearchPatch } from "./useSearchPatch";

export interface AsOfParams {
  /** An instant of event time; now when left out. */
  asof?: string;
}

export function readAsOf(raw: RawSearch): AsOfParams {
  return { asof: moment(raw.asof) };
}

/** What is not of then must be said by who shows it: `but` is a sentence about that. */
export function AsOfNotice({ asof, but }: AsOfParams & { but?: string }) {
  const patch = useSearchPatch<AsOfParams>();
  if (!asof) return null;
  return (
    <p className="banner warn" role="status" data-testid="as-of-banner">
      <span>
        As of {localTime(asof)}, not today’s. {but}
      </span>
      <button type="button" className="button small" onClick={() => patch({ asof: undefined })}>
        Go to now
      </button>
    </p>
  );
}

/** Both, above what a page says of that moment. */
export function AsOf({ asof, but }: AsOfParams & { but?: string }) {
  return (
    <div className="page-moment">
      <AsOfNotice asof={asof} but={but} />
      <div className="change-form">
        <AsOfChoice asof={asof} />
      </div>
    </div>
  );
}

export function AsOfChoice({ asof }: AsOfParams) {
  const patch = useSearchPatch<AsOfParams>();
  return (
    <label>
      <span>As of</span>
      <input
        className="field"
        type="datetime-local"
        data-testid="as-of"
        value={asof ? toLocalInput(asof) : ""}
        onChange={(event) => patch({ asof: fromLocalInput(event.target.value) })}
      />
    </label>
  );
}
