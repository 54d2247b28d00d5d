// How a run state is named, toned and drawn. A shape always goes with the colour.

export type RunState = "START" | "RUNNING" | "COMPLETE" | "ABORT" | "FAIL" | "OTHER";
export const runStates: readonly RunState[] = ["START", "RUNNING", "COMPLETE", "FAIL", "ABORT", "OTHER"];

export interface StateLook {
  label: string;
  glyph: string;
  tone: "ok" | "bad" | "warn" | "busy" | "plain";
}

const looks: Record<RunState, StateLook> = {
  START: { label: "Started", glyph: "◔", tone: "busy" },
  RUNNING: { label: "Running", glyph: "▶", tone: "busy" },
  COMPLETE: { label: "Complete", glyph: "✓", tone: "ok" },
  FAIL: { label: "Failed", glyph: "✕", tone: "bad" },
  ABORT: { label: "Aborted", glyph: "■", tone: "warn" },
  OTHER: { label: "Other", glyph: "•", tone: "plain" },
};

export function stateLook(state: RunState): StateLook {
  return looks[state];
}
