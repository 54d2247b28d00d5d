// The last entities the reader opened, offered by the command palette.
import { load, store } from "./storage";

export interface RecentItem {
  kind: "dataset" | "job";
  ns: string;
  name: string;
}

export function recentItems(): RecentItem[] {
  return load<RecentItem[]>("recent", []);
}

export function remember(item: RecentItem): void {
  const same = (other: RecentItem) =>
    other.kind === item.kind && other.ns === item.ns && other.name === item.name;
  store("recent", [item, ...recentItems().filter((other) => !same(other))].slice(0, 8));
}
