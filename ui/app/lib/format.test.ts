import { describe, expect, it } from "vitest";
import {
  ago,
  bytes,
  count,
  duration,
  fromLocalInput,
  middle,
  plural,
  shortNamespace,
  tail,
  toLocalInput,
  utcTime,
} from "./format";

describe("formatters", () => {
  it("find the telling end of a name", () => {
    expect(tail("analytics.marts.daily_revenue")).toBe("daily_revenue");
    expect(tail("lake/raw/orders/")).toBe("orders/");
    expect(tail("plain")).toBe("plain");
    expect(tail("wms.stock.v1")).toBe("stock.v1");
    expect(tail("marts.fct_orders.test")).toBe("fct_orders.test");
    expect(tail("...")).toBe("...");
  });

  it("count", () => {
    expect(count(1234567)).toBe("1,234,567");
    expect(plural(1, "run")).toBe("1 run");
    expect(plural(0, "run")).toBe("0 runs");
  });

  it("tell how long ago", () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    expect(ago("2026-11-22T11:59:57Z", now)).toBe("just now");
    expect(ago("2026-11-22T11:58:00Z", now)).toBe("2 minutes ago");
    expect(ago("2026-11-21T11:00:00Z", now)).toBe("yesterday");
    expect(ago("2026-11-22T13:00:00Z", now)).toBe("in 1 hour");
    expect(ago("nonsense", now)).toBe("nonsense");
  });

  it.each([
    [12, "12 ms"],
    [1500, "1.5 s"],
    [59_600, "1 min 0 s"],
    [83_000, "1 min 23 s"],
    [3_599_900, "1 h 0 min"],
    [7_260_000, "2 h 1 min"],
    [180_000_000, "2 d 2 h"],
  ])("%i ms last %s", (ms, words) => {
    expect(duration(ms)).toBe(words);
  });

  it("bytes", () => {
    expect(bytes(999)).toBe("999 B");
    expect(bytes(1500)).toBe("1.5 kB");
    expect(bytes(123_456_789)).toBe("123 MB");
  });

  it("shorten names in the middle, by whole characters", () => {
    expect(middle("short", 10)).toBe("short");
    expect([...middle("😀".repeat(20), 7)]).toHaveLength(7);
    expect(shortNamespace("postgres://db.example:5432")).toBe("postgres · db.example");
    expect(shortNamespace("s3://bucket")).toBe("s3 · bucket");
    expect(shortNamespace("://")).toBe("://");
  });

  it("write UTC and round trip the local input", () => {
    expect(utcTime("2026-11-22T09:12:00.000Z")).toBe("2026-11-22 09:12:00 UTC");
    expect(fromLocalInput(toLocalInput("2026-11-22T09:12:00.000Z"))).toBe("2026-11-22T09:12:00.000Z");
    expect(fromLocalInput("")).toBeUndefined();
  });
});
