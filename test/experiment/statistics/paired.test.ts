import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  holm,
  pairedDifference,
  pairedTTest,
  relativePairedDifference,
  wilcoxonSignedRank,
} from "../../../src/experiment/statistics/index.js";

/** Student 1908: hours of sleep gained by ten patients under two drugs. R's `sleep`. */
const DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
const DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

/** Hollander and Wolfe 1973: depression scale before and after a tranquilizer. The example of R's wilcox.test. */
const BEFORE = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
const AFTER = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];

describe("a paired comparison", () => {
  test("gives R's t.test(paired = TRUE) of the sleep data", () => {
    const test = pairedTTest(DRUG_1, DRUG_2);
    expect(test.t).toBeCloseTo(-4.0621, 4);
    expect(test.degreesOfFreedom).toBe(9);
    expect(test.pValue).toBeCloseTo(0.00283289, 8);
    const interval = pairedDifference(DRUG_1, DRUG_2, 0.95);
    expect(interval.mean).toBeCloseTo(-1.58, 12);
    expect(interval.low).toBeCloseTo(-2.4598858, 7);
    expect(interval.high).toBeCloseTo(-0.7001142, 7);
  });

  test("has a p-value below 1 - level exactly when its interval is clear of zero", () =>
    fc.assert(
      fc.property(pairs(), fc.constantFrom(0.5, 0.9, 0.95), ([candidate, baseline], level) => {
        const { pValue } = pairedTTest(candidate, baseline);
        fc.pre(Math.abs(pValue - (1 - level)) > 1e-6);
        const { low, high } = pairedDifference(candidate, baseline, level);
        expect(low > 0 || high < 0).toBe(pValue < 1 - level);
      }),
    ));

  test("of equal columns finds no difference, and of a constant shift a certain one", () => {
    expect(pairedTTest([1, 2, 3], [1, 2, 3]).pValue).toBe(1);
    expect(pairedTTest([2, 3, 4], [1, 2, 3])).toMatchObject({ t: Infinity, pValue: 0 });
    expect(pairedTTest([1], [2]).pValue).toBeNaN();
  });
});

describe("the relative change (Fieller)", () => {
  test("is the set of changes that a paired t-test does not reject", () =>
    fc.assert(
      fc.property(pairs(), ([candidate, baseline]) => {
        const relative = relativePairedDifference(candidate, baseline, 0.9);
        fc.pre(relative !== undefined && relative.high - relative.low > 1e-6);
        const { low, high } = relative!;
        const pValueAt = (change: number) =>
          pairedTTest(
            candidate,
            baseline.map((b) => (1 + change) * b),
          ).pValue;
        expect(pValueAt(low)).toBeCloseTo(0.1, 5);
        expect(pValueAt(high)).toBeCloseTo(0.1, 5);
        expect(pValueAt((low + high) / 2)).toBeGreaterThan(0.1);
      }),
    ));

  test("holds zero exactly when the absolute difference does", () =>
    fc.assert(
      fc.property(pairs(), ([candidate, baseline]) => {
        const absolute = pairedDifference(candidate, baseline, 0.95);
        const relative = relativePairedDifference(candidate, baseline, 0.95);
        fc.pre(relative !== undefined && Math.min(Math.abs(absolute.low), Math.abs(absolute.high)) > 1e-6);
        expect(relative!.low <= 0 && relative!.high >= 0).toBe(absolute.low <= 0 && absolute.high >= 0);
      }),
    ));

  test("agrees with the delta method where the baseline is steady", () => {
    const baseline = [100, 101, 99, 100.5, 99.5, 100.2];
    const candidate = [88, 90, 87, 88.6, 87.2, 88.1];
    const relative = relativePairedDifference(candidate, baseline)!;
    const residual = candidate.map((c, i) => (c - (1 + relative.change) * baseline[i]!) / 100.0333333);
    const delta = pairedDifference(
      residual,
      residual.map(() => 0),
    );
    expect(relative.low - relative.change).toBeCloseTo(delta.low, 4);
    expect(relative.high - relative.change).toBeCloseTo(delta.high, 4);
  });

  test("is not given where the baseline may be zero", () => {
    expect(relativePairedDifference([1, 2, 3], [-1, 4, 0.5])).toBeUndefined();
    expect(relativePairedDifference([1, 2], [0, 0])).toBeUndefined();
    expect(relativePairedDifference([3], [2])).toMatchObject({ change: 0.5, low: -Infinity, high: Infinity });
  });
});

describe("Wilcoxon's signed-rank test", () => {
  test("gives R's exact wilcox.test of the depression scale", () => {
    // R: V = 40, one-sided p = 0.01953.
    expect(wilcoxonSignedRank(BEFORE, AFTER)).toEqual({
      statistic: 40,
      count: 9,
      pValue: 2 * 0.01953125,
      method: "exact",
    });
  });

  test("leaves out equal pairs and stays exact with ties", () => {
    // Nine drugs differ, all one way: 2 of the 2^9 ways to give signs are as extreme.
    expect(wilcoxonSignedRank(DRUG_1, DRUG_2)).toEqual({
      statistic: 0,
      count: 9,
      pValue: 2 / 2 ** 9,
      method: "exact",
    });
    expect(wilcoxonSignedRank([1, 2], [1, 2]).pValue).toBe(1);
  });

  test("counts what plain enumeration of all signs counts", () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 8 }),
        (differences) => {
          const zero = differences.map(() => 0);
          const { pValue, count, statistic } = wilcoxonSignedRank(differences, zero);
          const sizes = differences.filter((d) => d !== 0).map(Math.abs);
          const middle = (count * (count + 1)) / 4;
          let extreme = 0;
          for (let signs = 0; signs < 2 ** count; signs++) {
            const signed = sizes.map((size, i) => ((signs >> i) & 1 ? size : -size));
            const other = wilcoxonSignedRank(
              signed,
              sizes.map(() => 0),
            ).statistic;
            if (Math.abs(other - middle) >= Math.abs(statistic - middle)) extreme++;
          }
          expect(pValue).toBeCloseTo(extreme / 2 ** count, 12);
        },
      ),
      { numRuns: 50 },
    ));

  test("the normal approximation takes over smoothly beyond 50 pairs", () => {
    const shifted = (n: number) => Array.from({ length: n }, (_, i) => ((i * 37) % n) - n / 2 + 6.25);
    const pValue = (n: number) =>
      wilcoxonSignedRank(
        shifted(n),
        shifted(n).map(() => 0),
      );
    expect(pValue(50).method).toBe("exact");
    expect(pValue(51).method).toBe("normal");
    expect(Math.abs(pValue(50).pValue - pValue(51).pValue)).toBeLessThan(0.01);
  });
});

describe("Holm's correction", () => {
  test("gives R's p.adjust, in the order given", () => {
    expect(holm([0.01, 0.02, 0.03, 0.04, 0.05])).toEqual([0.05, 0.08, 0.09, 0.09, 0.09]);
    expect(holm([0.04, 0.001, 0.6, 0.6])).toEqual([0.12, 0.004, 1, 1]);
  });

  test("leaves comparisons that could not be made out of the family", () => {
    expect(holm([Number.NaN, 0.02, 0.03])).toEqual([Number.NaN, 0.04, 0.04]);
  });
});

/** Columns of 2 to 12 pairs of positive numbers that move together. */
function pairs(): fc.Arbitrary<[number[], number[]]> {
  const pair = fc.tuple(fc.integer({ min: 100, max: 900 }), fc.integer({ min: -90, max: 60 }));
  return fc
    .array(pair, { minLength: 2, maxLength: 12 })
    .map((rows) => [rows.map(([base, shift]) => base + shift), rows.map(([base]) => base)]);
}
