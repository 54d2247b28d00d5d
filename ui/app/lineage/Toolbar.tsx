// The controls above the picture.
import type { ReactNode } from "react";
import { fromLocalInput, toLocalInput } from "../lib/format";
import { Icon } from "../ui/Icon";
import { useActions } from "./actions";
import { Find } from "./Find";
import type { LineageParams } from "./params";
import type { Scene } from "./scene";

interface ToolbarProps {
  scene: Scene | undefined;
  params: LineageParams;
  /** Links that the page around the view adds. */
  extra?: ReactNode;
}

const depths = [0, 1, 2, 3, 4, 5, 8, 12, 20];

export function Toolbar({ scene, params, extra }: ToolbarProps) {
  const { set } = useActions();
  return (
    <div className="lineage-bar" role="toolbar" aria-label="Lineage">
      <Depth label="Upstream" value={params.up ?? 1} onChange={(up) => set({ up })} />
      <Depth label="Downstream" value={params.down ?? 1} onChange={(down) => set({ down })} />
      <label>
        <input
          type="checkbox"
          checked={params.jobs !== "hide"}
          onChange={() => set({ jobs: params.jobs === "hide" ? undefined : "hide" })}
        />
        Jobs
      </label>
      <label className="as-of">
        As of
        <input
          type="datetime-local"
          value={params.asof ? toLocalInput(params.asof) : ""}
          onChange={(event) => set({ asof: fromLocalInput(event.target.value) })}
        />
      </label>
      {params.expand?.length || params.cols?.length ? (
        <button
          type="button"
          className="button small"
          onClick={() => set({ expand: undefined, cols: undefined, trace: undefined })}
        >
          Collapse all
        </button>
      ) : null}
      <span className="push" />
      {scene ? <Find scene={scene} /> : null}
      <button
        type="button"
        className="button small"
        onClick={() => set({ list: params.list ? undefined : true })}
        title="Picture or list (v)"
        data-testid="toggle-list"
      >
        <Icon name={params.list ? "graph" : "list"} size={14} /> {params.list ? "Picture" : "List"}
      </button>
      {extra}
    </div>
  );
}

function Depth({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number;
  onChange: (depth: number) => void;
}) {
  const choices = depths.includes(value) ? depths : [...depths, value].sort((a, b) => a - b);
  return (
    <label>
      {label}
      <select
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
        aria-label={`Steps ${label.toLowerCase()}`}
        title={`How many steps ${label.toLowerCase()}`}
      >
        {choices.map((depth) => (
          <option key={depth}>{depth}</option>
        ))}
      </select>
    </label>
  );
}
