import { describe, expect, test } from "vitest";
import { normalQuantile } from "../../../../src/kit/normal.js";
import { KeyedStream } from "../../../../src/kit/random.js";
import {
  autocorrelations,
  blockLength,
  correlation,
} from "../../../../src/workload/fit/sequence/block-length.js";

/** x[t] = phi x[t - 1] + e, stationary from the first. */
function autoregressive(n: number, phi: number, seed: number): Float64Array {
  const draws = KeyedStream.named(seed, "test/ar1");
  const values = new Float64Array(n);
  let last = normalQuantile(draws.next()) / Math.sqrt(1 - phi * phi);
  for (let t = 0; t < n; t++) values[t] = last = phi * last + normalQuantile(draws.next());
  return values;
}
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe("autocorrelations", () => {
  test("of an autoregressive series fall by its coefficient from lag to lag", () =>
    // Standard errors below 0.02 at 10,000 values.
    autocorrelations(autoregressive(10_000, 0.6, 1), 3).forEach((rho, lag) => {
      expect(Math.abs(rho - 0.6 ** lag)).toBeLessThan(0.06);
    }));
  test("are 0 where nothing varies, and beyond the series", () =>
    expect([...autocorrelations(Float64Array.of(2, 2, 2), 5)]).toEqual([0, 0, 0, 0, 0, 0]));
});

test("columns that rise together have the correlation 1, and one that stands has none", () => {
  const up = Float64Array.of(1, 2, 4);
  expect(
    correlation(
      up,
      up.map((x) => 3 * x + 1),
    ),
  ).toBeCloseTo(1, 12);
  expect(
    correlation(
      up,
      up.map((x) => -x),
    ),
  ).toBeCloseTo(-1, 12);
  expect(correlation(up, Float64Array.of(7, 7, 7))).toBe(0);
});

describe("the block length of Politis and White", () => {
  // Of an AR(1) the best length is known: (2 phi / (1 - phi^2))^(2/3) n^(1/3).
  test.each([0.3, 0.5, 0.7])("is that of an autoregressive series of %f on average", (phi) => {
    const n = 4000;
    const found = Array.from({ length: 20 }, (_, seed) => blockLength(autoregressive(n, phi, seed)));
    const best = ((2 * phi) / (1 - phi * phi)) ** (2 / 3) * Math.cbrt(n);
    expect(Math.abs(mean(found) / best - 1)).toBeLessThan(0.25);
  });

  test("is about 1 where values are independent, and grows with dependence", () => {
    const lengths = [0, 0.4, 0.8].map((phi) =>
      mean(Array.from({ length: 10 }, (_, seed) => blockLength(autoregressive(2000, phi, seed)))),
    );
    expect(lengths[0]).toBeLessThan(3);
    expect(lengths[1]).toBeGreaterThan(2 * lengths[0]!);
    expect(lengths[2]).toBeGreaterThan(2 * lengths[1]!);
  });

  test("is 1 of series that are short or stand still", () =>
    expect([
      blockLength(new Float64Array(0)),
      blockLength(Float64Array.of(1, 9, 1)),
      blockLength(new Float64Array(50).fill(3)),
    ]).toEqual([1, 1, 1]));
});
