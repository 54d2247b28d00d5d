// The provenance of a run. Its code is fetched only when it is wanted.
import { lazy } from "react";

export const Provenance = lazy(() =>
  import("./Provenance").then((module) => ({ default: module.Provenance })),
);
