import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countOf, policyProfiles, tailOf } from "../../src/experiment/profiles.js";
import { bucketStart } from "../../src/sim/run-profile.js";
import { madeUpResults } from "../support/made-up-results.js";

describe("the profile of a policy", () => {
  const results = madeUpResults({ scenarios: 2, seeds: 3 });

  test("is the mean of its runs, and has the flow times of all of them", () => {
    const [profile] = policyProfiles(results, "montage-replay");
    const runs = results.cells.filter((c) => c.scenario === "montage-replay" && c.policy === profile!.policy);
    const meanAt = (part: number) => runs.reduce((sum, run) => sum + run.profile!.waiting[part]!, 0) / 3;
    expect(profile!.waiting[4]).toBeCloseTo(meanAt(4), 12);
    expect(countOf(profile!.flowTimes)).toBe(
      runs.reduce((sum, run) => sum + countOf(run.profile!.flowTimes), 0),
    );
  });

  test("is left out where runs have none", () => {
    const cells = results.cells.map(({ profile: _, ...cell }) => cell);
    expect(policyProfiles({ ...results, cells }, "montage-replay")).toEqual([]);
  });
});

test("the tail of a histogram is the share of its values from each bound on, counted one by one", () => {
  fc.assert(
    fc.property(
      fc.nat(5),
      fc.integer({ min: -20, max: 20 }),
      fc.array(fc.nat(4), { maxLength: 12 }),
      (zeros, first, counts) => {
        const values = counts.flatMap((count, i) => new Array<number>(count).fill(bucketStart(first + i)));
        const total = zeros + values.length;
        const tail = tailOf({ zeros, first, counts });
        if (total === 0) return tail.length === 0;
        return tail.every(
          ({ value, share }, i) =>
            share === values.filter((each) => each >= value).length / total &&
            (i === 0 || (value > tail[i - 1]!.value && share <= tail[i - 1]!.share)),
        );
      },
    ),
  );
});
