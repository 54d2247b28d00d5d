// How sure a step of lineage is, in a word.

export type LineageConfidence = "COLUMN_PROVEN" | "TABLE_LEVEL" | "INFERRED" | "ASSUMED";

const words: Record<LineageConfidence, [label: string, tone: string, meaning: string]> = {
  COLUMN_PROVEN: ["columns prove it", "ok", "Column lineage names both ends."],
  TABLE_LEVEL: ["table level", "plain", "Only the tables are known to be joined."],
  INFERRED: ["read from SQL", "warn", "Headwater's reading of the job's SQL."],
  ASSUMED: ["assumed", "warn", "One run read several datasets and wrote several."],
};

export function Confidence({ of }: { of: LineageConfidence }) {
  const [label, tone, meaning] = words[of];
  return (
    <span className={`badge tone-${tone}`} title={meaning}>
      {label}
    </span>
  );
}
