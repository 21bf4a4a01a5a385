import { describe, expect, test } from "vitest";
import type { Distribution } from "../../src/kit/distribution.js";
import { digamma, gammaCdf, gammaQuantile, logGamma, trigamma } from "../../src/kit/gamma.js";
import { moments } from "../../src/kit/moments.js";
import { quantileFunction } from "../../src/kit/quantile.js";

/** Abramowitz and Stegun, tables 6.1 to 6.4 and 26.7. */
describe("the gamma function and its kin", () => {
  test.each([
    [0.5, Math.log(Math.sqrt(Math.PI))],
    [1, 0],
    [5, Math.log(24)],
    [101, 363.7393755555635],
  ])("log Gamma(%d) = %d", (x, value) => expect(logGamma(x)).toBeCloseTo(value, 11));

  test("psi(1) = -gamma, psi(1/2) = -gamma - 2 ln 2; psi'(1) = pi^2 / 6, psi'(1/2) = pi^2 / 2", () => {
    const euler = 0.5772156649015329;
    expect(digamma(1)).toBeCloseTo(-euler, 12);
    expect(digamma(0.5)).toBeCloseTo(-euler - 2 * Math.LN2, 12);
    expect(trigamma(1)).toBeCloseTo(Math.PI ** 2 / 6, 12);
    expect(trigamma(0.5)).toBeCloseTo(Math.PI ** 2 / 2, 12);
  });

  test("P(1, x) is exponential, P(1/2, x^2) the error function, P(n, x) a Poisson tail", () => {
    expect(gammaCdf(1, 2)).toBeCloseTo(1 - Math.exp(-2), 12);
    expect(gammaCdf(0.5, 1)).toBeCloseTo(0.8427007929497149, 12);
    expect(gammaCdf(3, 10)).toBeCloseTo(1 - Math.exp(-10) * (1 + 10 + 50), 12);
  });

  test.each([0.01, 0.3, 1, 2.5, 40, 1000])(
    "quantiles of shape %d are undone by the distribution function",
    (shape) => {
      for (const p of [1e-6, 0.01, 0.3, 0.5, 0.9, 0.999, 1 - 1e-9]) {
        const x = gammaQuantile(shape, p);
        if (x > 1e-300) expect(gammaCdf(shape, x) / p).toBeCloseTo(1, 9);
      }
    },
  );
});

describe("quantile functions", () => {
  const laws: Distribution[] = [
    { kind: "deterministic", value: 3 },
    { kind: "exponential", mean: 2 },
    { kind: "uniform", low: 1, high: 4 },
    { kind: "lognormal", mean: 2, cv: 0.7 },
    { kind: "gamma", mean: 2, cv: 1.4 },
    { kind: "erlang", stages: 3, mean: 2 },
    { kind: "weibull", shape: 0.8, scale: 2 },
    { kind: "pareto", alpha: 1.5, low: 1, high: 50 },
    { kind: "hyperexponential", weights: [0.8, 0.2], means: [1, 6] },
    { kind: "empirical", values: [5, 1, 2], weights: [1, 1, 2] },
  ];
  test.each(laws)("of $kind rise, and their mean and variance are those of the law", (law) => {
    const quantile = quantileFunction(law);
    const n = 20_000;
    let [last, sum, squares, falls] = [0, 0, 0, false];
    for (let k = 0; k < n; k++) {
      const x = quantile((k + 0.5) / n);
      falls ||= x < last;
      last = x;
      sum += x;
      squares += x * x;
    }
    expect(falls).toBe(false);
    const { mean, variance } = moments(law);
    expect(sum / n / mean).toBeCloseTo(1, 2);
    // The midpoint rule misses some of a tail's square.
    expect(Math.abs(squares / n - (sum / n) ** 2 - variance)).toBeLessThan(0.05 * variance + 1e-9);
  });
});
