// How fresh a dataset is, as a badge.
import { type FreshnessState, freshnessLook } from "./words";

export function FreshnessBadge({ state }: { state: FreshnessState }) {
  const look = freshnessLook(state);
  return (
    <span className={`badge tone-${look.tone}`} title={look.meaning}>
      <span aria-hidden="true">{look.glyph}</span> {look.label}
    </span>
  );
}
