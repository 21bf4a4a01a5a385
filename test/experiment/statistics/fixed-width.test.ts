import { describe, expect, test } from "vitest";
import { fixedWidthInterval, fixedWidthSize } from "../../../src/experiment/statistics/index.js";
import { allowance, fill, holds, normalDraws, shareOf } from "../../support/draws.js";

describe("Stein's two stages", () => {
  test("ask for (t s / half-width)^2 values", () => {
    // s = 1 of three values, t(0.975, 2) = 4.302653.
    expect(fixedWidthSize([0, 1, 2], 1)).toBe(Math.ceil(4.302653 ** 2));
    expect(fixedWidthSize([0, 1, 2], 100)).toBe(3);
  });

  test("cover at their level exactly, and are as narrow as asked for, whatever the spread", () => {
    const draw = normalDraws("stein");
    const trials = 4000;
    for (const spread of [0.5, 2]) {
      const share = shareOf(trials, () => {
        const values = fill(6, () => spread * draw());
        const size = fixedWidthSize(values, 1);
        while (values.length < size) values.push(spread * draw());
        const interval = fixedWidthInterval(values, 6);
        expect(interval.high - interval.low).toBeLessThanOrEqual(2 + 1e-9);
        return holds(interval, 0);
      });
      // By chance outside once in a million choices of seeds.
      expect(Math.abs(share - 0.95)).toBeLessThan(allowance(0.95, trials));
    }
  });
});
