// What other pages show of freshness. Its code is fetched only when it is wanted.
import { lazy } from "react";

export const FreshnessTab = lazy(() =>
  import("./FreshnessTab").then((module) => ({ default: module.FreshnessTab })),
);
export const RepairTab = lazy(() => import("./RepairTab").then((module) => ({ default: module.RepairTab })));
export const Causes = lazy(() => import("./Causes").then((module) => ({ default: module.Causes })));
