// Two small charts, drawn by hand: a line of numbers and a strip of run durations.
import { useNavigate } from "@tanstack/react-router";
import { count, duration, localTime } from "../lib/format";
import { type RunState, stateLook } from "../lib/run-state";

interface Point {
  at: string | null;
  value: number;
}

/** Points from old to new. */
export function Sparkline({ points, unit }: { points: readonly Point[]; unit: string }) {
  const width = 280;
  const height = 48;
  const top = Math.max(1, ...points.map((point) => point.value));
  const step = points.length > 1 ? (width - 8) / (points.length - 1) : 0;
  const xy = points.map(
    (point, i) => [4 + i * step, height - 5 - (point.value / top) * (height - 12)] as const,
  );
  const last = points.at(-1);
  if (!last) return null;
  const label = `${points.length} runs, the newest ${count(last.value)} ${unit}, at most ${count(top)}`;
  return (
    <figure className="sparkline">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        <line className="floor" x1={0} x2={width} y1={height - 1} y2={height - 1} />
        <polyline points={xy.map(([x, y]) => `${x},${y}`).join(" ")} />
        {xy.map(([x, y], i) => (
          <circle key={points[i]?.at ?? i} cx={x} cy={y} r={i === xy.length - 1 ? 3.5 : 2}>
            <title>{`${count(points[i]?.value ?? 0)} ${unit}${points[i]?.at ? `, ${localTime(points[i].at)}` : ""}`}</title>
          </circle>
        ))}
      </svg>
      <figcaption>
        <strong>{count(last.value)}</strong> {unit} in the newest run
      </figcaption>
    </figure>
  );
}

interface Bar {
  id: string;
  state: RunState;
  durationMs: number | null;
  startedAt: string | null;
  job: { namespace: string; name: string };
}

/** Runs from old to new. The glyph under a bar says its state to those who cannot tell the colours apart. */
export function RunBars({ runs }: { runs: readonly Bar[] }) {
  const navigate = useNavigate();
  const height = 72;
  const slot = 18;
  const longest = Math.max(1, ...runs.map((run) => run.durationMs ?? 0));
  return (
    <div className="run-bars">
      <svg
        width={runs.length * slot}
        height={height + 16}
        role="img"
        aria-label={`Durations of the newest ${runs.length} runs, at most ${duration(longest)}. The table of runs holds the same.`}
      >
        {runs.map((run, i) => {
          const look = stateLook(run.state);
          const tall = Math.max(3, ((run.durationMs ?? 0) / longest) * (height - 4));
          const open = () =>
            navigate({
              to: "/runs/$id",
              params: { id: run.id },
              search: { jobns: run.job.namespace, job: run.job.name },
            });
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the mouse; the table has the links
            <g key={run.id} className={`bar tone-${look.tone}`} onClick={open}>
              <title>{`${look.label}, ${run.durationMs === null ? "no duration" : duration(run.durationMs)}${run.startedAt ? `, ${localTime(run.startedAt)}` : ""}`}</title>
              <rect className="hit" x={i * slot} y={0} width={slot} height={height + 16} />
              <rect
                className="value"
                x={i * slot + 3}
                y={height - tall}
                width={slot - 6}
                height={tall}
                rx={2}
              />
              <text x={i * slot + slot / 2} y={height + 12} textAnchor="middle">
                {look.glyph}
              </text>
            </g>
          );
        })}
      </svg>
      <span className="muted">Oldest on the left. The tallest bar took {duration(longest)}.</span>
    </div>
  );
}
