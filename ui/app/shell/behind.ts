// Whether the server is behind its event log, as every answer says it: no question of its own while it is not.
import { useSyncExternalStore } from "react";

/** How far the answers hold, and how far they ought to. */
export interface Behind {
  sequence: number;
  acknowledged: number;
}

interface Said {
  headwater?: { sequence?: unknown; acknowledged?: unknown; complete?: unknown };
}

/** What an answer's `extensions` say; null when it holds for everything. */
export function saidBy(extensions: unknown): Behind | null {
  const said = (extensions as Said | null | undefined)?.headwater;
  if (typeof said?.sequence !== "number" || typeof said.acknowledged !== "number") return null;
  return said.complete === false ? { sequence: said.sequence, acknowledged: said.acknowledged } : null;
}

/** Remembers from which entry on everything is there again. */
export class BehindStore {
  #now: Behind | null = null;
  readonly #listeners = new Set<() => void>();

  now = (): Behind | null => this.#now;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** An answer came. What holds for everything says nothing: it may have been asked before, or of an earlier moment. */
  answered(said: Behind | null): void {
    if (said && said.acknowledged > (this.#now?.acknowledged ?? 0)) this.#set(said);
  }

  /** The server was asked how far it is, and how long its log; true when it has caught up with what was missing. */
  reached(sequence: number, log: number): boolean {
    if (!this.#now) return false;
    // A shorter log is another log, as after a restore: what was missing is not in it.
    if (sequence < Math.min(this.#now.acknowledged, log)) {
      if (sequence !== this.#now.sequence) this.#set({ ...this.#now, sequence });
      return false;
    }
    this.#set(null);
    return true;
  }

  #set(now: Behind | null): void {
    this.#now = now;
    for (const listener of this.#listeners) listener();
  }
}

export const behind = new BehindStore();

/** How far the server is behind, or null. */
export function useBehind(): Behind | null {
  return useSyncExternalStore(behind.subscribe, behind.now);
}
