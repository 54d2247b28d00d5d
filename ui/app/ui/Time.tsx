// A moment: how long ago, with the exact local and UTC time on hover.
import { useEffect, useState } from "react";
import { ago, localTime, utcTime } from "../lib/format";

/** The clock, moving every half minute. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

interface TimeProps {
  at: string | null | undefined;
  /** Shows the date itself and not how long ago it was. */
  exact?: boolean;
}

export function Time({ at, exact = false }: TimeProps) {
  const now = useNow();
  if (!at) return <span className="muted">–</span>;
  return (
    <time dateTime={at} title={`${localTime(at)} (${utcTime(at)})`}>
      {exact ? localTime(at) : ago(at, now)}
    </time>
  );
}
