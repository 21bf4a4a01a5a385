import { describe, expect, test } from "vitest";
import { mannWhitney, pairedTTest, signFlipPValue } from "../../../src/experiment/statistics/index.js";
import { SequentialStream } from "../../../src/kit/sequential-stream.js";
import { allowance, fill, normalDraws, shareOf } from "../../support/draws.js";
import { sharedJson } from "../../support/shared.js";

describe("the Mann-Whitney test", () => {
  test("gives R's example exactly: W 35, p 0.2544", () => {
    // Hollander and Wolfe 1973, p. 69: permeability of the chorioamnion; the example of R's wilcox.test, two-sided.
    const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const early = [1.15, 0.88, 0.9, 0.74, 1.21];
    expect(mannWhitney(term, early)).toEqual({
      statistic: 35,
      pValue: expect.closeTo(0.2544122544, 9),
      method: "exact",
    });
  });

  test("corrects for ties and continuity as scipy does", () => {
    expect(mannWhitney([1, 2, 2, 3, 5], [2, 4, 5, 6, 7, 7])).toMatchObject({
      statistic: 4.5,
      pValue: expect.closeTo(0.06414661873440437, 12),
      method: "normal",
    });
    expect(mannWhitney([1, 1], [1, 1]).pValue).toBe(1);
  });

  test("of few values counts all ways: two above two has 1 in 6 to either side", () => {
    expect(mannWhitney([3, 4], [1, 2])).toMatchObject({ statistic: 4, pValue: expect.closeTo(2 / 6, 12) });
  });

  const vectors = sharedJson<readonly Vector[]>("reference/vectors/stats/two_sample.json");
  test.skipIf(vectors === null)("agrees with scipy's on lognormal samples of 50 to 2000", () => {
    for (const { a, b, mannwhitney_p } of vectors!.filter((vector) => vector.a.length >= 50)) {
      expect(mannWhitney(a, b).pValue / mannwhitney_p).toBeCloseTo(1, 10);
    }
  });
});

interface Vector {
  readonly a: number[];
  readonly b: number[];
  readonly mannwhitney_p: number;
}

describe("the sign-flip test", () => {
  const options = () => ({ stream: new SequentialStream("flips") });

  test("gives Fisher's exact answer for Darwin's maize: 1726 of 32768", () => {
    // Fisher 1935, section 21: crossed less self-fertilised, eighths of an inch. 863 ways of 32768 are as large one way.
    const differences = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
    const zero = fill(15, () => 0);
    expect(signFlipPValue(differences, zero, options())).toBe(1726 / 32768);
  });

  test("of many pairs draws signs, comes near the t-test where values are normal, and repeats", () => {
    const draw = normalDraws("flip");
    const x = fill(40, () => 0.35 + draw());
    const zero = fill(40, () => 0);
    const found = signFlipPValue(x, zero, options());
    expect(Math.abs(found - pairedTTest(x, zero).pValue)).toBeLessThan(0.01);
    expect(signFlipPValue(x, zero, options())).toBe(found);
    expect(
      signFlipPValue(
        fill(40, () => 1),
        zero,
        options(),
      ),
    ).toBe(1 / 10000);
  });

  test("rejects a true hypothesis in 5 % of samples, also where tails are heavy", () => {
    const stream = new SequentialStream("cauchy");
    const trials = 2000;
    const zero = fill(10, () => 0);
    const rejected = shareOf(trials, () => {
      const x = fill(10, () => Math.tan(Math.PI * (stream.next() - 0.5)));
      return signFlipPValue(x, zero, { stream }) <= 0.05;
    });
    expect(Math.abs(rejected - 0.05)).toBeLessThan(allowance(0.05, trials));
  });
});
