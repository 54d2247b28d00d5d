// Tabs are links: the chosen one is in the address, so Back and a shared link both work.
// The router marks the current one with aria-current.
import { Link } from "@tanstack/react-router";
import type { ColumnTab } from "../pages/column/params";
import type { DatasetTab } from "../pages/dataset/params";
import type { EstateTab } from "../pages/estate/params";
import type { EventsTab } from "../pages/events/params";
import type { JobTab } from "../pages/job/params";
import type { RunTab } from "../pages/run/params";

type TabName = ColumnTab | DatasetTab | EstateTab | EventsTab | JobTab | RunTab;

interface TabsProps {
  /** The first one is shown when the address names none. */
  tabs: readonly { id: TabName; label: string; count?: number }[];
  label: string;
  /** Search parameters that every tab needs. */
  keep?: { jobns?: string; job?: string; within?: string; asof?: string };
}

export function Tabs({ tabs, label, keep }: TabsProps) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab, index) => (
        <Link
          key={tab.id}
          to="."
          search={{ ...keep, tab: index === 0 ? undefined : tab.id }}
          data-testid={`tab-${tab.id}`}
          activeOptions={{ explicitUndefined: true }}
        >
          {tab.label}
          {tab.count === undefined ? null : <span className="tab-count">{tab.count}</span>}
        </Link>
      ))}
    </nav>
  );
}
