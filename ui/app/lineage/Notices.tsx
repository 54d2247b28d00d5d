// Sentences about the picture: how much there is, which moment it shows, what is traced, what was left out.
import { cutBecause } from "../lib/cut";
import { count, localTime, plural } from "../lib/format";
import { useActions } from "./actions";
import type { LineageParams } from "./params";
import type { Scene } from "./scene";

interface NoticesProps {
  scene: Scene | undefined;
  params: LineageParams;
}

export function Notices({ scene, params }: NoticesProps) {
  const { set, trace } = useActions();
  const cut = cutBecause(scene);
  const selected = scene?.nodes.find((node) => node.id === params.sel);
  return (
    <>
      {params.asof ? (
        <p className="banner warn" role="status" data-testid="as-of-banner">
          Lineage as of {localTime(params.asof)}, not today’s.
          <button type="button" className="button small" onClick={() => set({ asof: undefined })}>
            Go to now
          </button>
        </p>
      ) : null}
      {params.trace && scene ? (
        <p className="banner" role="status">
          {traced(scene, params.trace)}
          <button type="button" className="button small" onClick={() => trace(undefined)}>
            Stop tracing (Esc)
          </button>
        </p>
      ) : null}
      {cut ? <p className="banner warn">Not everything you asked for is drawn: {cut}.</p> : null}
      {scene ? (
        <p className="lineage-sum muted">
          {plural(scene.datasetsUpstream, "dataset")} upstream and {count(scene.datasetsDownstream)}{" "}
          downstream in all; {plural(scene.nodes.length, "card")} drawn.
        </p>
      ) : null}
      <p className="visually-hidden" aria-live="polite">
        {selected
          ? `${selected.title}, ${selected.kind.toLowerCase()}, ${selected.hiddenUpstream} more upstream, ${selected.hiddenDownstream} more downstream`
          : ""}
      </p>
    </>
  );
}

function traced(scene: Scene, column: string): string {
  const columns = scene.nodes.flatMap((node) => node.columns.filter((one) => one.traced));
  const datasets = scene.nodes.filter((node) => node.traced && node.kind === "DATASET");
  const name =
    scene.nodes.flatMap((node) => node.columns).find((one) => one.id === column)?.name ?? "a column";
  return `Tracing ${name}: ${plural(columns.length, "column")} in ${plural(datasets.length, "dataset")} in this picture.`;
}
