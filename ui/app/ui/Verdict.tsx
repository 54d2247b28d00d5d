// A verdict of impact as a badge.
import { type Verdict, verdictLook } from "../lib/verdict";

export function VerdictBadge({ verdict, count }: { verdict: Verdict; count?: number }) {
  const look = verdictLook(verdict);
  return (
    <span className={`badge tone-${look.tone}`} title={look.meaning}>
      <span aria-hidden="true">{look.glyph}</span> {count === undefined ? "" : `${count} `}
      {look.label}
    </span>
  );
}
