import { describe, expect, test } from "vitest";
import { bestOfSeveral, studentTCdf } from "../../../src/experiment/statistics/index.js";
import { allowance, fill, normalDraws, shareOf } from "../../support/draws.js";

/* Seeds are fixed; bounds on shares are 5 standard errors of a binomial share wide: by chance broken once in a million. */

/** Columns with these means, what they share in a row being as large as what they do not. */
function drawn(draw: () => number, means: readonly number[], rows: number): number[][] {
  const common = fill(rows, draw);
  return means.map((mean) => common.map((shared) => mean + shared + draw()));
}

describe("how sure the best of several is the best", () => {
  test("is for two the distribution function of their paired t, moved by the indifference", () => {
    const x = [1, 2, 4, 3];
    const y = [2, 4, 4, 5];
    // Differences 1, 2, 0, 2: mean 1.25, standard deviation sqrt(2.75 / 3).
    const error = Math.sqrt(2.75 / 3) / 2;
    expect(bestOfSeveral([y, x])).toMatchObject({
      best: 1,
      certainty: expect.closeTo(studentTCdf(1.25 / error, 3), 12),
    });
    const moved = bestOfSeveral([x, y], { indifference: 0.5 });
    expect(moved.certainty).toBeCloseTo(studentTCdf(1.75 / error, 3), 12);
  });

  test("is seldom claimed of a wrong one: of six that all but tie, in fewer than 5 % of experiments", () => {
    const draw = normalDraws("slippage");
    const trials = 3000;
    const wrong = shareOf(trials, () => {
      const { best, certainty } = bestOfSeveral(drawn(draw, [-1e-9, 0, 0, 0, 0, 0], 12));
      return best !== 0 && certainty >= 0.95;
    });
    expect(wrong).toBeLessThan(0.05 + allowance(0.05, trials));
    // Of two, the error is the one-sided error of a t-test.
    const ofTwo = shareOf(trials, () => {
      const { best, certainty } = bestOfSeveral(drawn(draw, [-1e-9, 0], 12));
      return best !== 0 && certainty >= 0.95;
    });
    expect(Math.abs(ofTwo - 0.05)).toBeLessThan(allowance(0.05, trials));
  });

  test("promises no more than it keeps, over experiments whose truths are drawn too", () => {
    const draw = normalDraws("calibration");
    const trials = 3000;
    const claimed: number[] = [];
    const kept = shareOf(trials, () => {
      // Truths far apart beside the error of a mean, 0.45: near enough to the flat prior.
      const truths = fill(5, () => 3 * draw());
      const { best, certainty } = bestOfSeveral(drawn(draw, truths, 10));
      claimed.push(certainty);
      return truths[best] === Math.min(...truths);
    });
    const promise = claimed.reduce((sum, certainty) => sum + certainty, 0) / trials;
    expect(promise).toBeGreaterThan(0.8);
    expect(kept).toBeGreaterThan(promise - allowance(promise, trials));
  });

  test("keeps the true best among the candidates in 95 % of experiments, and drops what is far off", () => {
    const draw = normalDraws("subset");
    const trials = 2000;
    let far = 0;
    const kept = shareOf(trials, () => {
      const { candidates, best } = bestOfSeveral(drawn(draw, [0, 0.2, 0.2, 0.4, 9], 10));
      if (candidates.includes(4)) far++;
      expect(candidates).toContain(best);
      return candidates.includes(0);
    });
    expect(kept).toBeGreaterThan(0.95 - allowance(0.95, trials));
    expect(far).toBe(0);
  });

  test("says how many rows should do: with four times the rows, two standard errors become four", () => {
    const half = fill(8, () => 0).map((_, i) => (i % 2 === 0 ? 1 : -1));
    // Mean 0.4, standard deviation sqrt(8 / 7): t = 1.06 of 8 rows; 1.645 asks for (1.645 / 0.374)^2 = 19.3, t for a few more.
    const { certainty, rowsNeeded } = bestOfSeveral([fill(8, () => 0), half.map((value) => value + 0.4)]);
    expect(certainty).toBeLessThan(0.95);
    expect(rowsNeeded).toBeGreaterThanOrEqual(20);
    expect(rowsNeeded).toBeLessThanOrEqual(23);
  });

  test("takes columns that are alike for equally good, and knows nothing of one row", () => {
    expect(
      bestOfSeveral([
        [1, 2],
        [1, 2],
      ]),
    ).toMatchObject({ best: 0, certainty: 1, candidates: [0, 1] });
    expect(bestOfSeveral([[1], [2]])).toMatchObject({
      certainty: Number.NaN,
      candidates: [0, 1],
      rowsNeeded: Infinity,
    });
    expect(bestOfSeveral([[1, 5]])).toMatchObject({ certainty: 1, candidates: [0] });
  });
});
