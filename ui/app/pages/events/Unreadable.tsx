// Entries of the event log that cannot be read: what is in them is missing in every answer.
import { plural } from "../../lib/format";
import { useStatus } from "../../shell/status";

const SHOWN = 5;

export function Unreadable() {
  const status = useStatus();
  const count = status?.unreadableEntryCount ?? 0;
  if (!status || count === 0) return null;
  const shown = status.unreadableEntries.slice(0, SHOWN);
  const named = shown.map(({ seq, reason }) => `${seq} (${reason})`).join(", ");
  return (
    <p className="banner warn" role="status" data-testid="unreadable">
      <span>
        {plural(count, "entry", "entries")} of the event log cannot be read; what{" "}
        {count === 1 ? "is in it" : "is in them"} is missing everywhere: {count === 1 ? "entry" : "entries"}{" "}
        {named}
        {count > shown.length ? " and more" : ""}. The command <code>headwater verify</code> checks every
        entry.
      </span>
    </p>
  );
}
