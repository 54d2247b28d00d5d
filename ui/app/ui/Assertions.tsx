// The results of data quality checks.
import { Empty } from "./Panel";

interface Assertion {
  name: string;
  success: boolean;
  column: string | null;
  severity: string | null;
}

export function Assertions({ of, none }: { of: readonly Assertion[]; none: string }) {
  if (of.length === 0) return <Empty>{none}</Empty>;
  return (
    <ul className="rows">
      {of.map((check) => (
        <li key={`${check.name} ${check.column}`}>
          <span className={`badge tone-${check.success ? "ok" : "bad"}`}>
            {check.success ? "✓ Passed" : "✕ Failed"}
          </span>
          <span>
            {check.name}
            {check.column ? (
              <>
                {" on "}
                <code>{check.column}</code>
              </>
            ) : null}
          </span>
          {check.severity ? <span className="muted">{check.severity}</span> : null}
        </li>
      ))}
    </ul>
  );
}
