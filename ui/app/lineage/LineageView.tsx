// The lineage view: bar, notices, picture or list, side panel. Used full screen and inside the entity pages.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { query } from "../graphql/client";
import { Failure } from "../ui/Boundary";
import { Skeleton } from "../ui/Skeleton";
import { ActionsContext, type Change, makeActions } from "./actions";
import { Canvas } from "./Canvas";
import { ListView } from "./ListView";
import { Notices } from "./Notices";
import { type Focus, type LineageParams, sceneVariables } from "./params";
import { SidePanel } from "./SidePanel";
import { SceneQuery } from "./scene";
import { Toolbar } from "./Toolbar";
import { useLineageKeys } from "./useLineageKeys";
import "./lineage.css";
import "./cards.css";

interface LineageViewProps {
  focus: Focus;
  params: LineageParams;
  change: Change;
  onFocus: (focus: Focus) => void;
  full: boolean;
  /** Links for the bar. */
  extra?: ReactNode;
}

export function LineageView({ focus, params, change, onFocus, full, extra }: LineageViewProps) {
  const asked = useQuery({
    ...query(SceneQuery, sceneVariables(focus, params)),
    placeholderData: keepPreviousData,
  });
  const scene = asked.data?.lineageScene;
  const actions = useMemo(() => makeActions(params, change, onFocus), [params, change, onFocus]);
  useLineageKeys({ scene, params, actions, everywhere: full });
  const shown = scene?.nodes.find(
    (node) => node.id === (params.sel ?? (full ? scene.focus : undefined)) && node.kind !== "MORE",
  );
  return (
    <ActionsContext value={actions}>
      <div className={full ? "lineage full" : "lineage"} aria-busy={asked.isFetching}>
        <Toolbar scene={scene} params={params} extra={extra} />
        <Notices scene={scene} params={params} />
        {asked.error ? <Failure error={asked.error} onRetry={() => asked.refetch()} /> : null}
        <div className="lineage-body">
          {scene ? (
            params.list ? (
              <ListView scene={scene} selected={params.sel} />
            ) : (
              <Canvas scene={scene} params={params} wheelZooms={full} />
            )
          ) : null}
          {asked.isPending ? <Skeleton lines={8} /> : null}
          {scene && shown ? (
            <SidePanel
              node={shown}
              focus={shown.id === scene.focus}
              implicit={params.sel === undefined}
              trace={params.trace}
            />
          ) : null}
        </div>
      </div>
    </ActionsContext>
  );
}
