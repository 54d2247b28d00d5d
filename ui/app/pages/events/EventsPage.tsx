// What came in, what became of it, and who sent it.
import { useSearch } from "@tanstack/react-router";
import { useStatus } from "../../shell/status";
import { Boundary } from "../../ui/Boundary";
import { Tabs } from "../../ui/Tabs";
import { EventFeed } from "./EventFeed";
import { Producers } from "./Producers";
import { Quarantine } from "./Quarantine";
import { Unreadable } from "./Unreadable";

export function EventsPage() {
  const { tab = "events" } = useSearch({ from: "/events" });
  const status = useStatus();
  return (
    <div className="page">
      <title>Events · Headwater</title>
      <h1>Events</h1>
      <Unreadable />
      <Tabs
        label="Parts of the events page"
        tabs={[
          { id: "events", label: "Events" },
          { id: "quarantine", label: "Not understood", count: status?.quarantined },
          { id: "producers", label: "Producers" },
        ]}
      />
      <Boundary key={tab} lines={8}>
        {tab === "events" ? <EventFeed /> : null}
        {tab === "quarantine" ? <Quarantine /> : null}
        {tab === "producers" ? <Producers /> : null}
      </Boundary>
    </div>
  );
}
