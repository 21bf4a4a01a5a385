import { describe, expect, test } from "vitest";
import { meanInterval, quantileInterval, quantileSorted } from "../../../src/experiment/statistics/index.js";
import { SequentialStream } from "../../../src/kit/sequential-stream.js";
import { allowance, fill, holds, shareOf } from "../../support/draws.js";

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

describe("the interval for a quantile by order statistics", () => {
  // Tables of the sign test: the median of 10 lies between the 2nd and 9th with 1 - 22 / 1024, of 20 between the 6th and 15th.
  test.each([
    [10, 0.5, 2, 9, 1 - 22 / 1024],
    [20, 0.5, 6, 15, 1 - (2 * (1 + 20 + 190 + 1140 + 4845 + 15504)) / 2 ** 20],
  ])("of %i values, p %f: from the %i-th to the %i-th", (n, p, low, high, coverage) => {
    expect(quantileInterval(upTo(n), p)).toMatchObject({ low, high, coverage: expect.closeTo(coverage, 10) });
  });

  test("has no upper end for p99 below 368 values, for 0.99^367 is above 2.5 %", () => {
    expect(quantileInterval(upTo(367), 0.99).high).toBe(Number.POSITIVE_INFINITY);
    expect(quantileInterval(upTo(368), 0.99).high).toBe(368);
  });

  test("holds p99 of exponential values as often as it says", () => {
    const stream = new SequentialStream("p99");
    const truth = -Math.log(0.01);
    const trials = 2000;
    let promised = 0;
    const share = shareOf(trials, () => {
      const interval = quantileInterval(
        fill(600, () => stream.exponential()),
        0.99,
      );
      promised = interval.coverage;
      return holds(interval, truth);
    });
    expect(promised).toBeGreaterThanOrEqual(0.95);
    expect(Math.abs(share - promised)).toBeLessThan(allowance(promised, trials));
  });

  test("of runs that depend within: the t interval of each run's p99 covers what runs give on average", () => {
    // M/M/1 waits at load 0.5 by Lindley's recursion: W' = max(0, W + S - A). 20 runs of 1000; what the mean run gives, from 2000 others.
    const stream = new SequentialStream("waits");
    const p99OfRun = (): number => {
      let wait = 0;
      const waits = new Float64Array(1000);
      for (let i = -100; i < waits.length; i++) {
        wait = Math.max(0, wait + 0.5 * stream.exponential() - stream.exponential());
        if (i >= 0) waits[i] = wait;
      }
      return quantileSorted(waits.sort(), 0.99);
    };
    const truth = meanInterval(fill(2000, p99OfRun)).mean;
    const trials = 200;
    const share = shareOf(trials, () => holds(meanInterval(fill(20, p99OfRun)), truth));
    // Runs' p99 are skew: about 93 to 94 %.
    expect(share).toBeGreaterThan(0.935 - allowance(0.935, trials));
  });
});
