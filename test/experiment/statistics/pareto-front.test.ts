import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { paretoConfidence, paretoFront } from "../../../src/experiment/statistics/index.js";
import { normalCdf } from "../../../src/kit/normal.js";
import { SequentialStream } from "../../../src/kit/sequential-stream.js";
import { fill, normalDraws } from "../../support/draws.js";

describe("the Pareto front", () => {
  test("holds what is not beaten in both", () => {
    const points = [
      [1, 9],
      [2, 4],
      [3, 5],
      [4, 4],
      [9, 1],
      [2, 4],
      [Number.NaN, 0],
    ];
    expect(paretoFront(points)).toEqual([true, true, false, false, true, true, false]);
  });

  test("of points on a plane is what a sweep from the left keeps", () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { minLength: 1, maxLength: 15 }), (points) => {
        const swept = points.map(([x, y]) => {
          const left = points.filter(([a]) => a < x).map(([, b]) => b);
          const beside = points.filter(([a]) => a === x).map(([, b]) => b);
          return y < Math.min(Infinity, ...left) && y === Math.min(...beside);
        });
        expect(paretoFront(points)).toEqual(swept);
      }),
    ));
});

describe("how sure a point is on the front", () => {
  test("is how likely its mean is ahead: two points, one coordinate in doubt", () => {
    const draw = normalDraws("front");
    const noise = fill(60, draw);
    const x = fill(60, () => 1);
    const y = noise.map((value) => 0.1 + value);
    const zero = fill(60, () => 0);
    const [first, second] = paretoConfidence(
      [
        [x, zero],
        [x, y],
      ],
      { stream: new SequentialStream("front"), resamples: 4000 },
    );
    const mean = y.reduce((sum, value) => sum + value, 0) / 60;
    const spread = Math.sqrt(y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 60);
    // The second is off the front where its resampled mean lies above 0: normal to within a percent or two.
    expect(Math.abs(first! - normalCdf((mean / spread) * Math.sqrt(60)))).toBeLessThan(0.03);
    expect(first! + second!).toBeCloseTo(1, 12);
  });

  test("is certain where rows differ and points do not change places, and repeats for a state of its stream", () => {
    const weather = [1, 5, 9, 2];
    const plus = (shift: number) => weather.map((value) => value + shift);
    const figures = [
      [plus(0), plus(2)],
      [plus(1), plus(1)],
      [plus(2), plus(2)],
    ];
    const once = () => paretoConfidence(figures, { stream: new SequentialStream("again") });
    expect(once()).toEqual([1, 1, 0]);
    expect(once()).toEqual(once());
  });
});
