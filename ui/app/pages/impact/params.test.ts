import { describe, expect, it } from "vitest";
import { parseSearch, stringifySearch } from "../../lib/search-params";
import { ask, changesOf, chosenChange, readImpact, type Subject } from "./params";

const orders: Subject = { kind: "dataset", namespace: "db", name: "orders" };
const amount: Subject = { kind: "column", namespace: "db", dataset: "orders", name: "amount" };
const load: Subject = { kind: "job", namespace: "etl", name: "load" };

describe("impact's part of the address", () => {
  it("round trips, without what it does not know", () => {
    const chosen = readImpact(
      parseSearch(
        "?change=retype&column=a.b&to=decimal(10,2)&show=jobs&verdict=SAFE&verdict=BREAKS&verdict=x&trust=1",
      ),
    );
    expect(chosen).toEqual({
      change: "retype",
      column: "a.b",
      to: "decimal(10,2)",
      show: "jobs",
      verdict: ["BREAKS", "SAFE"],
      trust: true,
      whole: undefined,
    });
    expect(readImpact(parseSearch(stringifySearch({ ...chosen })))).toEqual(chosen);
    expect(readImpact({ change: "explode", show: "people" })).toEqual(readImpact({}));
  });
});

describe("the question", () => {
  it("has a default for everything that can change", () => {
    expect(ask(orders, {})).toEqual({
      change: { dropDataset: { namespace: "db", name: "orders" } },
      sentence: "orders is dropped",
    });
    expect(ask(amount, {})).toEqual({
      change: { dropColumn: { namespace: "db", dataset: "orders", name: "amount" } },
      sentence: "orders.amount is dropped",
    });
    expect(ask(load, {})).toMatchObject({ change: { stopJob: { namespace: "etl", name: "load" } } });
  });

  it("ignores a change that the subject cannot make", () => {
    expect(chosenChange(load, { change: "drop" })).toBe("stop");
    expect(chosenChange(amount, { change: "drop" })).toBe("dropcolumn");
    expect(changesOf(amount)).not.toContain("drop");
  });

  it("says what is still to be said", () => {
    expect(ask(orders, { change: "rename" })).toEqual({ missing: "Choose the column that changes." });
    expect(ask(orders, { change: "rename", column: "id" })).toEqual({
      missing: "Say the new name of the column.",
    });
    expect(ask(amount, { change: "retype" })).toEqual({
      missing: "Say the new type of the column, such as bigint.",
    });
  });

  it("is complete with a name or a type", () => {
    const column = { namespace: "db", dataset: "orders", name: "id" };
    expect(ask(orders, { change: "rename", column: "id", to: "key" })).toEqual({
      change: { renameColumn: { column, to: "key" } },
      sentence: "orders.id is renamed to key",
    });
    expect(ask(orders, { change: "retype", column: "id", to: "bigint" })).toEqual({
      change: { retypeColumn: { column, to: "bigint" } },
      sentence: "orders.id becomes bigint",
    });
    expect(ask(load, { change: "late" })).toEqual({
      change: { lateJob: { namespace: "etl", name: "load" } },
      sentence: "load is late",
    });
  });
});
