import { describe, expect, it } from "vitest";
import { runKey, sources, stepsOf } from "./provenance";

const run = (id: string, name = "build") => ({ id, job: { namespace: "etl", name } });
const read = (reader: string, name: string, writer: string | null) => ({
  reader: run(reader),
  dataset: { namespace: "db", name },
  writer: writer ? run(writer) : null,
});

describe("provenance", () => {
  it("groups runs by distance, each with its own reads", () => {
    const reads = [read("a", "raw", "b"), read("b", "lake", null), read("a", "new", null)];
    const steps = stepsOf(
      [
        { distance: 1, run: run("b") },
        { distance: 0, run: run("a") },
        { distance: 1, run: run("c") },
      ],
      reads,
    );
    expect(
      steps.map(({ distance, runs }) => [distance, runs.map((one) => [one.run.id, one.reads.length])]),
    ).toEqual([
      [0, [["a", 2]]],
      [
        1,
        [
          ["b", 1],
          ["c", 0],
        ],
      ],
    ]);
  });

  it("keeps runs apart that share an id", () => {
    expect(runKey(run("a"))).not.toBe(runKey(run("a", "other")));
    const steps = stepsOf([{ distance: 0, run: run("a", "other") }], [read("a", "raw", null)]);
    expect(steps[0]?.runs[0]?.reads).toEqual([]);
  });

  it("ends at what no known run had written", () => {
    const reads = [
      read("a", "raw", "b"),
      read("b", "lake", null),
      read("c", "raw", null),
      read("d", "lake", null),
    ];
    expect(sources(reads)).toEqual([{ namespace: "db", name: "lake" }]);
  });
});
