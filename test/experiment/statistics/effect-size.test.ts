import { describe, expect, test } from "vitest";
import {
  pairedSuperiority,
  sizeInWords,
  standardizedDifference,
  superiority,
} from "../../../src/experiment/statistics/index.js";
import { noncentralTCdf, noncentralTShift } from "../../../src/experiment/statistics/noncentral-t.js";
import { normalCdf } from "../../../src/kit/normal.js";
import { allowance, fill, holds, normalDraws, shareOf } from "../../support/draws.js";

/* Where coverage is simulated, seeds are fixed and bounds 5 standard errors wide: other seeds would fail once in a million. */

/** Student 1908: hours of sleep gained by ten patients under two drugs. R's `sleep`. */
const DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
const DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

describe("the noncentral t distribution", () => {
  // P(T <= t), integrated with 30 digits by mpmath, and the same to 12 digits by scipy 1.17.
  test.each([
    [0, 9, 0.5, 0.308537538725987],
    [1.5, 9, 0.5, 0.817359743393111],
    [-2, 4, 1, 0.00736139583244662],
    [3, 1, 2, 0.524857161733688],
    [10, 29, 8, 0.878347942681925],
    [100, 29, 90, 0.753036486059762],
    [-5, 3, -6, 0.747095347757037],
    [0.3, 200, -1, 0.903110245903357],
    [1000, 29, 900, 0.753650665676069],
  ])("at %f with %i degrees of freedom, shifted by %f", (t, df, shift, expected) => {
    expect(Math.abs(noncentralTCdf(t, df, shift) - expected)).toBeLessThan(1e-6);
    expect(noncentralTShift(t, df, noncentralTCdf(t, df, shift))).toBeCloseTo(shift, 4);
  });
});

describe("Cohen's d of pairs", () => {
  test("of the sleep data is the textbooks' 1.28, with Hedges' factor for 9 degrees of freedom, 0.914", () => {
    const { d, g } = standardizedDifference(DRUG_1, DRUG_2);
    // t / sqrt(10) of R's t.test(paired = TRUE), t = -4.0621.
    expect(d).toBeCloseTo(-4.0621277 / Math.sqrt(10), 6);
    // Gamma(4.5) / (sqrt(4.5) Gamma(4)) = (105 sqrt(pi) / 16) / (6 sqrt(4.5)).
    expect(g / d).toBeCloseTo((105 * Math.sqrt(Math.PI)) / 16 / (6 * Math.sqrt(4.5)), 10);
  });

  test("has an interval that covers in 95 % of normal samples, few pairs and all", () => {
    const draw = normalDraws("cohen");
    const trials = 600;
    const share = shareOf(trials, () =>
      holds(
        standardizedDifference(
          fill(8, () => 0.8 + draw()),
          fill(8, () => 0),
        ),
        0.8,
      ),
    );
    expect(Math.abs(share - 0.95)).toBeLessThan(allowance(0.95, trials));
  });

  test("turns about with its arguments, and does not hang on the unit", () => {
    const there = standardizedDifference(DRUG_1, DRUG_2);
    const back = standardizedDifference(DRUG_2, DRUG_1);
    expect(back.d).toBe(-there.d);
    expect(back.low).toBeCloseTo(-there.high, 6);
    const hours = (values: number[]) => values.map((value) => value * 60);
    expect(standardizedDifference(hours(DRUG_1), hours(DRUG_2)).d).toBeCloseTo(there.d, 10);
  });

  test("of equal columns is 0, of a constant shift without bound, and of one pair unknown", () => {
    expect(standardizedDifference([1, 2, 3], [1, 2, 3])).toMatchObject({ d: 0, low: 0, high: 0 });
    expect(standardizedDifference([2, 3, 4], [1, 2, 3])).toMatchObject({ d: Infinity, low: Infinity });
    expect(standardizedDifference([2], [1])).toMatchObject({ d: Number.NaN, low: -Infinity, high: Infinity });
  });

  test("has Cohen's words", () => {
    expect([0.1, -0.3, 0.5, -2].map(sizeInWords)).toEqual(["negligible", "small", "medium", "large"]);
  });
});

describe("the probability of superiority", () => {
  test("of pairs counts them, with Wilson's interval", () => {
    // 8 of 10 with half a tie: R's prop.test(8.5, 10, correct = FALSE).
    const x = [1, 1, 1, 1, 1, 1, 1, 1, 2, 3];
    const found = pairedSuperiority(
      x,
      fill(10, () => 2),
    );
    expect(found).toMatchObject({ below: 8, equal: 1, above: 1, probability: 0.85 });
    const [p, n, z2] = [0.85, 10, 1.959963984540054 ** 2];
    // Its ends are where a score test just rejects: (p - q)^2 = z^2 q (1 - q) / n.
    for (const q of [found.low, found.high]) expect((p - q) ** 2).toBeCloseTo((z2 * q * (1 - q)) / n, 12);
  });

  test("of independent samples is that of R's effsize, with its interval", () => {
    // The example of effsize::cliff.delta: delta -0.25, 95 % interval -0.7265846 to 0.3890062.
    const treatment = [10, 10, 20, 20, 20, 30, 30, 30, 40, 50];
    const control = [10, 20, 30, 40, 40, 50];
    const { probability, low, high } = superiority(control, treatment);
    expect(2 * probability - 1).toBeCloseTo(-0.25, 12);
    expect(2 * low - 1).toBeCloseTo(-0.7265846, 7);
    expect(2 * high - 1).toBeCloseTo(0.3890062, 7);
  });

  test("covers in 95 % of normal samples, one of them shifted", () => {
    const draw = normalDraws("cliff");
    const trials = 2000;
    // P(X < Y) for Y = Z + 0.5.
    const truth = normalCdf(0.5 / Math.SQRT2);
    const share = shareOf(trials, () =>
      holds(
        superiority(
          fill(15, draw),
          fill(25, () => 0.5 + draw()),
        ),
        truth,
      ),
    );
    expect(share).toBeGreaterThan(0.95 - allowance(0.95, trials));
    expect(share).toBeLessThan(0.98);
  });
});
