// The impact tab for the pages that have one. Its code is fetched only when it is wanted.
import { lazy } from "react";

export const ImpactTab = lazy(() => import("./ImpactTab").then((module) => ({ default: module.ImpactTab })));
