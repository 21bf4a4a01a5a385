import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kimNelson } from "../../../src/experiment/statistics/index.js";
import { allowance, fill, normalDraws } from "../../support/draws.js";

/* Seeds are fixed; bounds on shares are 5 standard errors wide: by chance broken once in a million. */

/** Draws rows until the procedure has decided. */
function selected(draw: () => number, means: readonly number[], shared: number) {
  const plan = { indifference: 0.5, level: 0.9, firstStage: 10 };
  const columns: number[][] = means.map(() => []);
  for (;;) {
    for (let row = 0; row < 25; row++) {
      const common = Math.sqrt(shared) * draw();
      means.forEach((mean, i) => {
        columns[i]!.push(mean + common + Math.sqrt(1 - shared) * draw());
      });
    }
    const found = kimNelson(columns, plan);
    if (found.decided) return found;
  }
}

describe("Kim and Nelson's selection", () => {
  test.each([
    ["independent", 0],
    ["sharing half of their variance", 0.5],
  ])(
    "of five columns, %s, picks the one that is better by the indifference in 90 %% of experiments or more",
    (_, shared) => {
      const draw = normalDraws(`kn ${shared}`);
      const trials = 400;
      let rows = 0;
      let right = 0;
      for (let trial = 0; trial < trials; trial++) {
        const found = selected(draw, [0.5, 0, 0.5, 0.5, 0.5], shared);
        rows += found.rows;
        if (found.remaining[0] === 1) right++;
      }
      expect(right / trials).toBeGreaterThan(0.9 - allowance(0.9, trials));
      // Common random numbers halve the variance of differences, and so the rows. Independent ones take some 60 here.
      expect(rows / trials).toBeLessThan(shared === 0 ? 100 : 50);
    },
  );

  test("begins with the paper's eta and h^2: where the first stage tells by itself, mostRows does", () => {
    // Two columns, ten rows, level 0.95: eta = ((2 * 0.05) ** (-2 / 9) - 1) / 2 = 0.33405, h^2 = 18 eta = 6.0129.
    const zero = fill(10, () => 0);
    const noisy = zero.map((_, i) => (i % 2 === 0 ? 3 : -3));
    // S^2 = 90 / 9 = 10: floor(6.0129 * 10 / 1) + 1 rows at most.
    const found = kimNelson([zero, noisy], { indifference: 1 });
    expect(found).toMatchObject({ decided: false, rows: 10, mostRows: 61, remaining: [0, 1] });
  });

  test("drops a column that lies further behind than the band allows, in the paper's words W = d/2r (h^2 S^2 / d^2 - r)", () => {
    const zero = fill(10, () => 0);
    // Sum behind by 10 shift; allowed (60.129 - 10) / 2 = 25.06.
    const behind = (shift: number) => zero.map((_, i) => shift + (i % 2 === 0 ? 3 : -3));
    expect(kimNelson([zero, behind(2.5)], { indifference: 1 }).remaining).toEqual([0, 1]);
    expect(kimNelson([zero, behind(2.51)], { indifference: 1 })).toMatchObject({
      remaining: [0],
      decided: true,
    });
  });

  test("says the same however many rows come at a time, and looks at none beyond the one that decides", () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)), { minLength: 30, maxLength: 40 }),
        (rows) => {
          const columns = [0, 1, 2].map((i) => rows.map((row) => row[i]! + i));
          const plan = { indifference: 2, firstStage: 5 };
          const all = kimNelson(columns, plan);
          const short = columns.map((column) => column.slice(0, all.rows));
          expect(kimNelson(short, plan)).toEqual(all);
          if (all.rows > 5) {
            expect(
              kimNelson(
                short.map((column) => column.slice(0, -1)),
                plan,
              ).decided,
            ).toBe(false);
          }
        },
      ),
    ));

  test("waits for its first stage, and has nothing to do for one column", () => {
    expect(kimNelson([[1], [2]], { indifference: 1 })).toMatchObject({
      decided: false,
      rows: 1,
      mostRows: Number.NaN,
    });
    expect(kimNelson([[1]], { indifference: 1 })).toMatchObject({ decided: true, remaining: [0] });
  });
});
