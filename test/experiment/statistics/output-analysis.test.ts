import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  antitheticInterval,
  batchMeansOf,
  meanInterval,
  mser5,
  ratioSeries,
  relativePrecision,
  skewness,
  steadyStateMean,
  studentTQuantile,
  vonNeumannTest,
} from "../../../src/experiment/statistics/index.js";
import { normalQuantile } from "../../../src/kit/normal.js";
import { KeyedStream } from "../../../src/kit/random.js";

/** Fixed seeds: a test either always passes or never does. */
function normals(name: string, count: number): Float64Array {
  const stream = KeyedStream.named(1, name);
  return Float64Array.from({ length: count }, () => normalQuantile(stream.next()));
}

function autoregressive(phi: number, noise: Float64Array): Float64Array {
  let value = noise[0]! / Math.sqrt(1 - phi * phi);
  return noise.map((e) => (value = phi * value + e));
}

describe("von Neumann's ratio", () => {
  test("is that of its definition", () => {
    // Steps 1, 2, -2, -1; deviations from 2: -1, 0, 2, 0, -1.
    expect(vonNeumannTest([1, 2, 4, 2, 1]).ratio).toBeCloseTo((1 + 4 + 4 + 1) / (1 + 0 + 4 + 0 + 1), 12);
    expect(vonNeumannTest([3, 3, 3])).toEqual({ ratio: 2, pValue: 1 });
  });

  test("rejects independence at its level where it holds", () => {
    // 4000 tests at 20 %: a share has a standard error of 0.6 points; five of them (one false alarm in 2 million).
    let rejected = 0;
    const draws = normals("von-neumann", 4000 * 32);
    for (let i = 0; i < 4000; i++) {
      if (vonNeumannTest(draws.subarray(32 * i, 32 * i + 32)).pValue < 0.2) rejected++;
    }
    expect(Math.abs(rejected / 4000 - 0.2)).toBeLessThan(0.032);
  });

  test("sees neighbours that are alike, and is not troubled by those that alternate", () => {
    expect(vonNeumannTest(autoregressive(0.5, normals("alike", 200))).pValue).toBeLessThan(1e-6);
    expect(vonNeumannTest(autoregressive(-0.5, normals("alike", 200))).pValue).toBeGreaterThan(0.999);
  });
});

describe("the mean of one long run", () => {
  test("is Student's t interval of its batch means, where they are symmetric and independent", () => {
    // Each value beside its mirror image: no skewness; alternating signs: no positive correlation.
    const series = Float64Array.from({ length: 64 }, (_, i) => (i % 2 === 0 ? 1 : -1) * (1 + (i >> 1)));
    const { low, high, batches, batchSize, independent } = steadyStateMean(series);
    const plain = meanInterval(batchMeansOf(series, batches));
    expect({ batches, batchSize, independent }).toEqual({ batches: 16, batchSize: 4, independent: true });
    expect(low).toBeCloseTo(plain.low, 12);
    expect(high).toBeCloseTo(plain.high, 12);
  });

  test("takes as many batches as are independent: all of white noise, few of a long memory", () => {
    expect(steadyStateMean(normals("white", 2 ** 16)).batches).toBe(256);
    const slow = steadyStateMean(autoregressive(0.99, normals("slow", 2 ** 16)));
    expect(slow.batches).toBeLessThan(128);
    expect(slow.independent).toBe(true);
    // The true standard error of the mean is 1 / ((1 - phi) sqrt(n)), 0.39; batches give it within a quarter.
    const error = slow.halfWidth / studentTQuantile(0.975, slow.batches - 1);
    expect(error).toBeGreaterThan(0.75 * (100 / 256));
    expect(error).toBeLessThan(1.35 * (100 / 256));
  });

  test("says so where even the longest batches depend on each other", () => {
    const walk = autoregressive(0.9999, normals("walk", 2000));
    expect(steadyStateMean(walk).independent).toBe(false);
  });

  test("leans to the side of the longer tail", () => {
    const skewed = normals("skew", 64).map((z) => Math.exp(1.5 * z));
    const { mean, low, high, halfWidth, skewness: skew } = steadyStateMean(skewed);
    expect(skew).toBeGreaterThan(0.5);
    expect(high - mean).toBeGreaterThan(mean - low);
    expect(halfWidth).toBe(high - mean);
    const mirrored = steadyStateMean(skewed.map((x) => -x));
    expect(mirrored.low).toBeCloseTo(-high, 12);
    expect(mirrored.high).toBeCloseTo(-low, 12);
  });

  test("moves and stretches with its series", () => {
    fc.assert(
      fc.property(
        // Whole numbers: of values much smaller than the shift, the shift would leave nothing.
        fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 16, maxLength: 80 }),
        fc.double({ min: 0.5, max: 4, noNaN: true }),
        (values, scale) => {
          const plain = steadyStateMean(values);
          const moved = steadyStateMean(values.map((value) => 7 + scale * value));
          expect(moved.low).toBeCloseTo(7 + scale * plain.low, 6);
          expect(moved.high).toBeCloseTo(7 + scale * plain.high, 6);
        },
      ),
    );
  });
});

test("a ratio's series has the ratio for its mean and the delta method's variance", () => {
  const x = Float64Array.of(2, 4, 9);
  const y = Float64Array.of(1, 2, 3);
  const z = ratioSeries(x, y);
  expect(z.reduce((sum, value) => sum + value, 0) / 3).toBeCloseTo(15 / 6, 12);
  // r = 2.5, mean y = 2: residuals -0.5, -1, 1.5, halved.
  expect([...z].map((value) => value - 2.5)).toEqual([-0.25, -0.5, 0.75]);
});

test("skewness is that of its definition", () => {
  // Deviations -1, -1, 2: cubes 6, third moment 3 / (2 * 1) * 6 = 9, standard deviation sqrt(3).
  expect(skewness([0, 0, 3])).toBeCloseTo(9 / 3 ** 1.5, 12);
  expect(skewness([5, 5, 5, 5])).toBe(0);
  expect(skewness([0, 0, 3e-120])).toBeCloseTo(9 / 3 ** 1.5, 12);
});

describe("a look at a relative precision", () => {
  test("stops at p / (1 + p) of the estimate, not at p", () => {
    expect(relativePrecision(40, { mean: 10, halfWidth: 0.5 }, 0.05)).toMatchObject({ reached: false });
    expect(relativePrecision(40, { mean: -8, halfWidth: 0.375 }, 0.05)).toEqual({
      reached: true,
      relativeHalfWidth: 0.046875,
      next: 40,
    });
  });

  test.each([
    ["by half at least", 0.05, 60],
    ["to where the width should suffice, and a little beyond", 0.07, 96],
    ["fourfold at most", 5, 160],
    ["fourfold where nothing is known of the width", Number.POSITIVE_INFINITY, 160],
  ])("goes on %s", (_, relative, next) => {
    const look = relativePrecision(40, { mean: 1, halfWidth: relative }, 0.05);
    // 40 * 1.1 * (0.07 * 1.05 / 0.05)^2 = 95.1.
    expect(look).toMatchObject({ reached: false, next });
  });

  test("never stops at a mean of zero", () => {
    expect(relativePrecision(40, { mean: 0, halfWidth: 0 }, 0.05).reached).toBe(false);
  });
});

test("an antithetic interval counts pairs", () => {
  const { mean, count, standardDeviation } = antitheticInterval([1, 2, 3], [3, 2, 1]);
  expect({ mean, count, standardDeviation }).toEqual({ mean: 2, count: 3, standardDeviation: 0 });
});

describe("MSER-5 gives no truncation for credible", () => {
  test.each([
    ["a run that trends to its end", (i: number) => i / 200],
    ["a run that settles after two thirds only", (i: number) => (i < 670 ? 30 : 0)],
  ])("in %s", (_, level) => {
    expect(mser5(normals("trend", 1000).map((z, i) => z + level(i))).settled).toBe(false);
  });

  test("but does in one that settles after a third, whatever its memory", () => {
    const { truncation, settled } = mser5(
      autoregressive(0.8, normals("third", 3000)).map((value, i) => value + (i < 1000 ? 30 : 0)),
    );
    expect(settled).toBe(true);
    expect(truncation).toBeGreaterThanOrEqual(1000);
    expect(truncation).toBeLessThan(1200);
  });
});
