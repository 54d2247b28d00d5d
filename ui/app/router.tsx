// Every page and its address. A name is one path segment, percent-encoded; search parameters are validated here.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
  redirect,
} from "@tanstack/react-router";
import { oneOf, parseSearch, type RawSearch, stringifySearch } from "./lib/search-params";
import { readLineage } from "./lineage/params";
import { BrowsePage } from "./pages/browse/BrowsePage";
import { NamespacePage } from "./pages/browse/NamespacePage";
import { ColumnPage } from "./pages/column/ColumnPage";
import { readColumn } from "./pages/column/params";
import { ConnectPage } from "./pages/connect/ConnectPage";
import { DatasetPage } from "./pages/dataset/DatasetPage";
import { readDataset } from "./pages/dataset/params";
import { readEstate } from "./pages/estate/params";
import { readEvents } from "./pages/events/params";
import { HomePage } from "./pages/home/HomePage";
import { JobPage } from "./pages/job/JobPage";
import { readJob } from "./pages/job/params";
import { NotFoundPage } from "./pages/Missing";
import { readRun } from "./pages/run/params";
import { RunPage } from "./pages/run/RunPage";
import { readSearch } from "./pages/search/params";
import { SearchPage } from "./pages/search/SearchPage";
import { readStitching } from "./pages/stitching/params";
import { Shell } from "./shell/Shell";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage });
const parent = { getParentRoute: () => root };

const routes = [
  createRoute({ ...parent, path: "/", component: HomePage }),
  createRoute({
    ...parent,
    path: "/search",
    component: SearchPage,
    validateSearch: (raw: RawSearch) => readSearch(raw),
  }),
  createRoute({ ...parent, path: "/browse", component: BrowsePage }),
  createRoute({ ...parent, path: "/browse/$ns", component: NamespacePage }),
  createRoute({
    ...parent,
    path: "/events",
    component: lazyRouteComponent(() => import("./pages/events/EventsPage"), "EventsPage"),
    validateSearch: (raw: RawSearch) => readEvents(raw),
  }),
  createRoute({
    ...parent,
    path: "/estate",
    component: lazyRouteComponent(() => import("./pages/estate/EstatePage"), "EstatePage"),
    validateSearch: (raw: RawSearch) => readEstate(raw),
  }),
  // The place of the quarantine before it became a part of the events page.
  createRoute({
    ...parent,
    path: "/quarantine",
    beforeLoad: () => {
      throw redirect({ to: "/events", search: { tab: "quarantine" } });
    },
  }),
  createRoute({
    ...parent,
    path: "/stitching",
    component: lazyRouteComponent(() => import("./pages/stitching/StitchingPage"), "StitchingPage"),
    validateSearch: (raw: RawSearch) => readStitching(raw),
  }),
  createRoute({ ...parent, path: "/connect", component: ConnectPage }),
  createRoute({
    ...parent,
    path: "/datasets/$ns/$name",
    component: DatasetPage,
    validateSearch: (raw: RawSearch) => readDataset(raw),
  }),
  createRoute({
    ...parent,
    path: "/columns/$ns/$dataset/$name",
    component: ColumnPage,
    validateSearch: (raw: RawSearch) => readColumn(raw),
  }),
  createRoute({
    ...parent,
    path: "/jobs/$ns/$name",
    component: JobPage,
    validateSearch: (raw: RawSearch) => readJob(raw),
  }),
  createRoute({
    ...parent,
    path: "/runs/$id",
    component: RunPage,
    validateSearch: (raw: RawSearch) => readRun(raw),
  }),
  createRoute({
    ...parent,
    path: "/lineage/$kind/$ns/$name",
    component: lazyRouteComponent(() => import("./lineage/LineagePage"), "LineagePage"),
    params: { parse: (raw) => ({ ...raw, kind: oneOf(raw.kind, ["dataset", "job"] as const) ?? "dataset" }) },
    validateSearch: (raw: RawSearch) => readLineage(raw),
  }),
] as const;

const routeTree = root.addChildren(routes);

export function makeRouter(history?: RouterHistory) {
  return createRouter({
    routeTree,
    history,
    parseSearch,
    stringifySearch,
    scrollRestoration: true,
    defaultPreload: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
