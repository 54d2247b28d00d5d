// The same scene as a table by depth. It is also the way of a screen reader through the lineage.
import { Icon } from "../ui/Icon";
import { Name as LongName } from "../ui/Name";
import { StateDot } from "../ui/State";
import { useActions } from "./actions";
import type { Side } from "./params";
import type { Scene, SceneNode } from "./scene";
import { listRows, type Place } from "./walk";

const signs: Record<Place, string> = { upstream: "↑", focus: "●", downstream: "↓", beside: "·" };

export function ListView({ scene, selected }: { scene: Scene; selected: string | undefined }) {
  return (
    <div className="lineage-list" data-testid="lineage-list">
      <table>
        <thead>
          <tr>
            <th>Where</th>
            <th>Name</th>
            <th>Namespace</th>
            <th className="number">Columns</th>
            <th>Not shown yet</th>
          </tr>
        </thead>
        <tbody>
          {listRows(scene).map(({ node, place }) => (
            <tr key={node.id} aria-current={node.id === selected || undefined}>
              <td>
                {signs[place]} {node.distance === 0 ? place : `${Math.abs(node.distance)} ${place}`}
              </td>
              <td className="wide" style={{ paddingInlineStart: 8 + Math.abs(node.distance) * 16 }}>
                <Name node={node} />
              </td>
              <td>
                <span className="namespace" title={node.namespace}>
                  {node.namespace}
                </span>
              </td>
              <td className="number">{node.columnCount || ""}</td>
              <td>
                <Hidden node={node} side="UPSTREAM" />
                <Hidden node={node} side="DOWNSTREAM" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Name({ node }: { node: SceneNode }) {
  const { select, expandAll } = useActions();
  if (node.kind === "MORE") {
    const side = node.direction === "UPSTREAM" ? "UPSTREAM" : "DOWNSTREAM";
    return (
      <button type="button" className="plain" onClick={() => node.anchor && expandAll(node.anchor, side)}>
        {node.count} more: show all
      </button>
    );
  }
  return (
    <button type="button" className="plain" onClick={() => select(node.id)}>
      <Icon name={node.kind === "JOB" ? "job" : "dataset"} size={14} /> <LongName of={node.title} />{" "}
      <StateDot state={node.status} />
    </button>
  );
}

function Hidden({ node, side }: { node: SceneNode; side: Side }) {
  const { toggleSide } = useActions();
  const count = side === "UPSTREAM" ? node.hiddenUpstream : node.hiddenDownstream;
  if (count === 0) return null;
  const word = side === "UPSTREAM" ? "upstream" : "downstream";
  return (
    <button
      type="button"
      className="button small"
      aria-label={`Show ${count} ${word} of ${node.title}`}
      onClick={() => toggleSide(node.id, side)}
    >
      {side === "UPSTREAM" ? "‹ " : ""}
      {count} {word}
      {side === "UPSTREAM" ? "" : " ›"}
    </button>
  );
}
