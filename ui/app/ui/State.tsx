// A run state as a badge (glyph and word) or as a dot (shape and tooltip).
import { type RunState, stateLook } from "../lib/run-state";

export function StateBadge({ state }: { state: RunState }) {
  const look = stateLook(state);
  return (
    <span className={`badge tone-${look.tone}`}>
      <span aria-hidden="true">{look.glyph}</span> {look.label}
    </span>
  );
}

export function StateDot({ state }: { state: RunState | null }) {
  if (!state) return null;
  const look = stateLook(state);
  const label = `Latest run: ${look.label.toLowerCase()}`;
  return (
    <span className={`dot tone-${look.tone}`} role="img" aria-label={label} title={label}>
      {look.glyph}
    </span>
  );
}
