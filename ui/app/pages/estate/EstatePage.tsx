// The whole estate: what is stale, what nobody reads, what everything hangs on, which namespaces feed which.
import { useSearch } from "@tanstack/react-router";
import { AsOf } from "../../ui/AsOf";
import { Boundary } from "../../ui/Boundary";
import { Tabs } from "../../ui/Tabs";
import { DeadColumns } from "./DeadColumns";
import { DeadDatasets } from "./DeadDatasets";
import { Matrix } from "./Matrix";
import { SinglePoints } from "./SinglePoints";
import { StaleDatasets } from "./StaleDatasets";

export function EstatePage() {
  const search = useSearch({ from: "/estate" });
  const { tab = "stale", within, asof } = search;
  return (
    <div className="page">
      <title>Estate health · Headwater</title>
      <h1>Estate health</h1>
      <Tabs
        label="Parts of the estate"
        keep={{ ...(within ? { within } : {}), ...(asof ? { asof } : {}) }}
        tabs={[
          { id: "stale", label: "Stale datasets" },
          { id: "datasets", label: "Unread datasets" },
          { id: "columns", label: "Unused columns" },
          { id: "points", label: "Single points of failure" },
          { id: "matrix", label: "Namespaces" },
        ]}
      />
      <AsOf asof={asof} but="What namespaces, tags and owners say is as today." />
      <Boundary key={`${tab} ${asof}`} lines={8}>
        {tab === "stale" ? <StaleDatasets search={search} /> : null}
        {tab === "datasets" ? <DeadDatasets search={search} /> : null}
        {tab === "columns" ? <DeadColumns search={search} /> : null}
        {tab === "points" ? <SinglePoints search={search} /> : null}
        {tab === "matrix" ? <Matrix search={search} /> : null}
      </Boundary>
    </div>
  );
}
