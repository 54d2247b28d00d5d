import { describe, expect, it, vi } from "vitest";
import { BehindStore, saidBy } from "./behind";

const said = {
  headwater: { sequence: 4096, acknowledged: 60_003, complete: false, incompleteReason: "CATCHING_UP" },
};

describe("what an answer says", () => {
  it("is read from its extensions", () => {
    expect(saidBy(said)).toEqual({ sequence: 4096, acknowledged: 60_003 });
  });

  it.each([
    undefined,
    null,
    {},
    { headwater: {} },
    { headwater: { sequence: "1", acknowledged: 2, complete: false } },
  ])("is nothing in %j", (extensions) => expect(saidBy(extensions)).toBeNull());
});

describe("the store", () => {
  it("knows nothing of being behind until an answer says so", () => {
    const store = new BehindStore();
    store.answered(saidBy(undefined));
    expect(store.now()).toBeNull();
    expect(store.reached(7, 7)).toBe(false);
  });

  it("goes with the server until everything is there", () => {
    const store = new BehindStore();
    const heard = vi.fn();
    store.subscribe(heard);
    store.answered(saidBy(said));
    // An answer of another field that holds for everything changes nothing.
    store.answered(null);
    expect(store.now()).toEqual({ sequence: 4096, acknowledged: 60_003 });
    expect(store.reached(30_000, 60_003)).toBe(false);
    expect(store.now()).toEqual({ sequence: 30_000, acknowledged: 60_003 });
    expect(store.reached(60_004, 60_004)).toBe(true);
    expect(store.now()).toBeNull();
    expect(heard).toHaveBeenCalledTimes(3);
  });

  it("does not wait for what another log does not hold", () => {
    const store = new BehindStore();
    store.answered(saidBy(said));
    expect(store.reached(12, 12)).toBe(true);
    expect(store.now()).toBeNull();
  });

  it("takes the farthest aim, and tells nobody twice", () => {
    const store = new BehindStore();
    const heard = vi.fn();
    store.answered({ sequence: 1, acknowledged: 9 });
    const stop = store.subscribe(heard);
    store.answered({ sequence: 1, acknowledged: 5 });
    expect(store.reached(1, 9)).toBe(false);
    expect(heard).not.toHaveBeenCalled();
    stop();
    store.answered({ sequence: 1, acknowledged: 10 });
    expect(heard).not.toHaveBeenCalled();
    expect(store.now()?.acknowledged).toBe(10);
  });
});
