import { describe, expect, test } from "vitest";
import {
  batchMeans,
  bcaInterval,
  mean,
  meanInterval,
  mser5,
  pairedTTest,
  relativePairedDifference,
} from "../../../src/experiment/statistics/index.js";
import { normalQuantile } from "../../../src/kit/normal.js";
import { SequentialStream } from "../../../src/kit/sequential-stream.js";

/*
 * Seeds are fixed, so these tests either always pass or never do. The bounds are 5 standard errors of a binomial share
 * wide: with other seeds each would fail by chance with probability below 1e-6.
 */
const near = (share: number, expected: number, trials: number): void =>
  expect(Math.abs(share - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / trials));

describe("by simulation", () => {
  test("the 95 % t interval of ten normal values covers the mean in 95 % of samples", () => {
    const draw = normal("t-normal");
    const trials = 20_000;
    near(
      share(trials, () => holds(meanInterval(fill(10, draw)), 0)),
      0.95,
      trials,
    );
  });

  test("that of 30 exponential values covers in about 92.8 %: skewness costs two points", () => {
    const stream = new SequentialStream("t-exponential");
    const trials = 10_000;
    // 0.9276 +- 0.0004: 400,000 samples drawn by another program.
    near(
      share(trials, () => holds(meanInterval(fill(30, () => -Math.log(stream.next()))), 1)),
      0.9276,
      trials,
    );
  });

  test("Fieller's 90 % interval covers the true change in 90 % of paired samples", () => {
    const draw = normal("fieller");
    const trials = 10_000;
    const covered = share(trials, () => {
      const common = fill(8, () => 10 + 2 * draw());
      const candidate = common.map((c) => 0.8 * c + draw());
      return holds(relativePairedDifference(candidate, common, 0.9)!, -0.2);
    });
    near(covered, 0.9, trials);
  });

  test("the paired t-test rejects a true hypothesis in 5 % of samples", () => {
    const draw = normal("alarm");
    const trials = 20_000;
    const rejected = share(trials, () => pairedTTest(fill(6, draw), fill(6, draw)).pValue < 0.05);
    near(rejected, 0.05, trials);
  });

  test("20 batch means of an AR(1) run cover its mean, where the plain interval would not", () => {
    const draw = normal("ar1");
    const trials = 2000;
    let plain = 0;
    const covered = share(trials, () => {
      const series = autoregressive(2000, 0.7, draw);
      if (holds(meanInterval(series), 0)) plain++;
      return holds(batchMeans(series, 20), 0);
    });
    // Batches of 100 keep a little of the correlation: between 93 and 95 %.
    expect(covered).toBeGreaterThan(0.92);
    expect(covered).toBeLessThan(0.965);
    // sqrt((1 + 0.7) / (1 - 0.7)) = 2.38 times too narrow.
    expect(plain / trials).toBeLessThan(0.65);
  });
});

describe("the BCa bootstrap", () => {
  /** Efron and Tibshirani 1993, "An Introduction to the Bootstrap", table 14.1: test A of 26 children. */
  const SPATIAL_A = [
    48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41,
  ];
  const variance = (values: readonly number[]): number => {
    const centre = mean(values);
    return mean(values.map((value) => (value - centre) ** 2));
  };

  test("gives the book's 90 % interval for the variance of the spatial test data", () => {
    // Book (2000 resamples): estimate 171.5, a = 0.061, z0 = 0.146, interval [115.8, 259.6]. The tolerances are 4
    // standard errors of an end found from 2000 resamples.
    const options = { level: 0.9, resamples: 20_000, stream: new SequentialStream("spatial") };
    const interval = bcaInterval(SPATIAL_A, variance, options);
    expect(interval.estimate).toBeCloseTo(171.5, 1);
    expect(interval.acceleration).toBeCloseTo(0.061, 3);
    expect(Math.abs(interval.bias - 0.146)).toBeLessThan(0.12);
    expect(Math.abs(interval.low - 115.8)).toBeLessThan(5);
    expect(Math.abs(interval.high - 259.6)).toBeLessThan(12);
  });

  test("repeats for a state of its stream, and shrinks to a point where nothing varies", () => {
    const once = () => bcaInterval(SPATIAL_A, mean, { stream: new SequentialStream("again") });
    expect(once()).toEqual(once());
    const constant = bcaInterval([2, 2, 2], mean, { stream: new SequentialStream("constant") });
    expect(constant).toMatchObject({ estimate: 2, low: 2, high: 2 });
  });
});

describe("MSER-5", () => {
  test("picks the truncation that plain search picks", () => {
    const draw = normal("mser-twin");
    for (let run = 0; run < 30; run++) {
      const series = autoregressive(203, 0.5, draw).map((value, i) => value + 8 * Math.exp(-i / (5 + run)));
      const batches = Array.from({ length: 40 }, (_, b) => mean(series.slice(5 * b, 5 * b + 5)));
      let best = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let d = 0; d <= 20; d++) {
        const kept = batches.slice(d);
        const statistic = kept.reduce((sum, value) => sum + (value - mean(kept)) ** 2, 0) / kept.length ** 2;
        if (statistic < least) [best, least] = [d, statistic];
      }
      expect(mser5(series).truncation).toBe(5 * best);
      expect(mser5(series).statistic).toBeCloseTo(least, 10);
    }
  });

  test("cuts a start that lies apart, nothing from a settled run, and tells when a run never settles", () => {
    const draw = normal("mser");
    const settled = fill(1000, draw);
    const late = mser5(settled.map((value, i) => (i < 200 ? value + 20 : value)));
    expect(late).toMatchObject({ settled: true });
    expect(late.truncation).toBeGreaterThanOrEqual(200);
    expect(late.truncation).toBeLessThan(400);
    expect(mser5(new Array(100).fill(3))).toMatchObject({ truncation: 0, settled: true });
    expect(mser5(settled.map((value, i) => value + i)).settled).toBe(false);
  });
});

function normal(seed: string): () => number {
  const stream = new SequentialStream(seed);
  return () => normalQuantile(stream.next());
}

function fill(n: number, draw: () => number): number[] {
  return Array.from({ length: n }, draw);
}

function autoregressive(n: number, phi: number, draw: () => number): number[] {
  let value = draw() / Math.sqrt(1 - phi * phi);
  return fill(n, () => (value = phi * value + draw()));
}

function holds(interval: { low: number; high: number }, value: number): boolean {
  return interval.low <= value && value <= interval.high;
}

function share(trials: number, once: () => boolean): number {
  let count = 0;
  for (let i = 0; i < trials; i++) if (once()) count++;
  return count / trials;
}
