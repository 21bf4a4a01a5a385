import fc from "fast-check";
import { quantileSeq } from "mathjs";
import { sampleSkewness, wilcoxonRankSum } from "simple-statistics";
import { describe, expect, test } from "vitest";
import { mannWhitney, quantileSorted, skewness } from "../../../src/experiment/statistics/index.js";

const values = (minLength: number) =>
  fc.array(fc.integer({ min: -20, max: 20 }), { minLength, maxLength: 30 });

/** What libraries have too, computed by other people's code. Few distinct values, so that ties are common. */
describe("agree with libraries on any values:", () => {
  test("rank sums, with simple-statistics", () =>
    fc.assert(
      fc.property(values(1), values(1), (x, y) => {
        const rankSum = mannWhitney(x, y).statistic + (x.length * (x.length + 1)) / 2;
        expect(rankSum).toBeCloseTo(wilcoxonRankSum(x, y), 9);
      }),
    ));

  test("skewness, with simple-statistics", () =>
    fc.assert(
      fc.property(values(3), (sample) => {
        fc.pre(new Set(sample).size > 1);
        expect(skewness(sample)).toBeCloseTo(sampleSkewness(sample), 9);
      }),
    ));

  test("quantiles between order statistics, with mathjs", () =>
    fc.assert(
      fc.property(values(1), fc.integer({ min: 0, max: 1000 }), (sample, permille) => {
        const p = permille / 1000;
        const sorted = sample.toSorted((x, y) => x - y);
        expect(quantileSorted(sorted, p)).toBeCloseTo(quantileSeq(sample, p) as number, 9);
      }),
    ));
});
