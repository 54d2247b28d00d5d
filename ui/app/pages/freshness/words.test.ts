import { describe, expect, it } from "vitest";
import { planText, planWords, readFreshness, stepsUp, upstreamWords } from "./words";

describe("freshness in words", () => {
  it("tells what is upstream", () => {
    const none = { upstreamCount: 0, newerInputCount: 0, staleInputCount: 0, unknownInputCount: 0 };
    expect(upstreamWords(none)).toBe("Nothing is known to be upstream of it.");
    expect(upstreamWords({ ...none, upstreamCount: 2 })).toBe(
      "2 datasets upstream, none of them newer or stale.",
    );
    expect(
      upstreamWords({ upstreamCount: 1, newerInputCount: 1, staleInputCount: 0, unknownInputCount: 1 }),
    ).toBe("1 dataset upstream: 1 written since its last good write, 1 without a write that is known.");
    expect(stepsUp(0)).toBe("right here");
    expect(stepsUp(2)).toBe("2 steps up");
  });

  it("keeps the choice of the plan in the address", () => {
    expect(readFreshness({ plan: "this" })).toEqual({ plan: "this" });
    expect(readFreshness({ plan: "that" })).toEqual({ plan: undefined });
  });
});

describe("a plan in words", () => {
  const step = (name: string, cycle = false) => ({ cycle, jobs: [{ job: { namespace: "etl", name } }] });
  const layers = [
    { number: 1, steps: [step("a"), step("b")] },
    { number: 2, steps: [step("c", true)] },
  ];

  it("counts", () => {
    expect(planWords({ jobCount: 3, datasetCount: 1, doneCount: 0, layers })).toBe(
      "3 jobs in 2 layers make 1 dataset anew.",
    );
    expect(planWords({ jobCount: 1, datasetCount: 2, doneCount: 1, layers: [1] })).toBe(
      "1 job in 1 layer makes 2 datasets anew. 1 job of it already ran since.",
    );
    expect(planWords({ jobCount: 0, datasetCount: 0, doneCount: 0, layers: [] })).toBe(
      "Nothing is left to rerun.",
    );
  });

  it("is a list to paste", () => {
    expect(planText({ layers })).toBe("# layer 1\netl a\netl b\n# layer 2\netl c # on a cycle");
  });
});
