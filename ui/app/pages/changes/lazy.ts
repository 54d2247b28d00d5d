// The changes tab for the pages that have one. Its code is fetched only when it is wanted.
import { lazy } from "react";

export const ChangesTab = lazy(() =>
  import("./ChangesTab").then((module) => ({ default: module.ChangesTab })),
);
