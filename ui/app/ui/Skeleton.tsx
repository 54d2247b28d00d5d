// Grey lines shaped like text, shown while an answer is on its way.

export function Skeleton({ lines = 3 }: { lines?: number }) {
  const widths = [92, 78, 85, 64, 88, 71];
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, i) => i).map((line) => (
        <span key={line} style={{ width: `${widths[line % widths.length]}%` }} />
      ))}
    </div>
  );
}
