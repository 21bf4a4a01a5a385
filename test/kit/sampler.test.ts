import { describe, expect, test } from "vitest";
import type { Distribution } from "../../src/kit/distribution.js";
import { gammaFunction, moments } from "../../src/kit/moments.js";
import { normalCdf } from "../../src/kit/normal.js";
import { KeyedStream } from "../../src/kit/random.js";
import { sampler } from "../../src/kit/sampler.js";

/** Every family with its distribution function. */
const families: readonly [Distribution, (x: number) => number][] = [
  [{ kind: "exponential", mean: 2 }, (x) => 1 - Math.exp(-x / 2)],
  [{ kind: "uniform", low: 1, high: 3 }, (x) => (x - 1) / 2],
  [
    { kind: "lognormal", mean: 2, cv: 0.8 },
    (x) => {
      const variance = Math.log(1.64);
      return normalCdf((Math.log(x) - Math.log(2) + variance / 2) / Math.sqrt(variance));
    },
  ],
  [{ kind: "gamma", mean: 3, cv: 0.5 }, (x) => gammaCdf(4, x / 0.75)],
  [{ kind: "gamma", mean: 1, cv: 2 }, (x) => gammaCdf(0.25, x / 4)],
  [{ kind: "erlang", stages: 3, mean: 1.5 }, (x) => gammaCdf(3, x / 0.5)],
  [{ kind: "weibull", shape: 0.7, scale: 2 }, (x) => 1 - Math.exp(-((x / 2) ** 0.7))],
  [{ kind: "pareto", alpha: 2.5, low: 0.6, high: Number.POSITIVE_INFINITY }, (x) => 1 - (0.6 / x) ** 2.5],
  [
    { kind: "pareto", alpha: 1.5, low: 0.35, high: 100 },
    (x) => (1 - (0.35 / x) ** 1.5) / (1 - (0.35 / 100) ** 1.5),
  ],
  [
    { kind: "hyperexponential", weights: [0.1, 0.9], means: [5, 0.5] },
    (x) => 1 - 0.1 * Math.exp(-x / 5) - 0.9 * Math.exp(-x / 0.5),
  ],
];

/** Regularised lower incomplete gamma, by its series: enough here, where x is a few tens at most. */
function gammaCdf(shape: number, x: number): number {
  if (x > 300) return 1;
  let term = 1 / shape;
  let sum = term;
  for (let n = 1; n < 1000 && term > 1e-17 * sum; n++) sum += term *= x / (shape + n);
  return Math.min(1, (sum * Math.exp(-x) * x ** shape) / gammaFunction(shape));
}

const DRAWS = 40_000;
/** Kolmogorov's statistic times sqrt(n) exceeds this with probability 1e-4: one of the ten tests on 1000 choices of seed. */
const KS_LIMIT = 2.23;

describe("a sampler", () => {
  test.each(families)("%o draws from its distribution", (distribution, cdf) => {
    const draw = sampler(distribution);
    const stream = KeyedStream.named(1, "sampler");
    const values = Float64Array.from({ length: DRAWS }, (_, i) => draw(stream.at(i, 0))).sort();
    let distance = 0;
    for (let i = 0; i < DRAWS; i++) {
      const f = cdf(values[i]!);
      distance = Math.max(distance, f - i / DRAWS, (i + 1) / DRAWS - f);
    }
    expect(distance * Math.sqrt(DRAWS)).toBeLessThan(KS_LIMIT);
  });

  test.each(families)("%o has the moments that are said of it", (distribution, cdf) => {
    // By integrating the tail: E[X] = integral of 1 - F, E[X^2] = integral of 2 x (1 - F), on a grid of e^u.
    let mean = 0;
    let square = 0;
    const step = 1e-4;
    for (let u = -30; u < 30; u += step) {
      const x = Math.exp(u + step / 2);
      const tail = 1 - Math.min(1, Math.max(0, cdf(x)));
      mean += tail * x * step;
      square += 2 * x * tail * x * step;
    }
    const said = moments(distribution);
    expect(mean / said.mean).toBeCloseTo(1, 5);
    expect((square - mean ** 2) / said.variance).toBeCloseTo(1, 2);
    expect(said.cv).toBeCloseTo(Math.sqrt(said.variance) / said.mean, 12);
  });

  test.each(families)("%o gives the same draw at a place, whatever was drawn before", (distribution) => {
    const draw = sampler(distribution);
    const stream = KeyedStream.named(2, "purity");
    const first = [3, 1, 4].map((place) => draw(stream.at(place, 7)));
    for (let i = 0; i < 50; i++) draw(stream.at(i, 1));
    expect([3, 1, 4].map((place) => draw(stream.at(place, 7)))).toEqual(first);
  });

  test("a deterministic one always gives its value", () => {
    const draw = sampler({ kind: "deterministic", value: 0.25 });
    expect([1, 2].map((i) => draw(KeyedStream.named(i, "x")))).toEqual([0.25, 0.25]);
  });

  test("an empirical one gives its values in their proportions", () => {
    const draw = sampler({ kind: "empirical", values: [5, 1, 2], weights: [1, 2, 1] });
    const stream = KeyedStream.named(3, "empirical");
    const seen = new Map<number, number>();
    for (let i = 0; i < DRAWS; i++) {
      const x = draw(stream);
      seen.set(x, (seen.get(x) ?? 0) + 1);
    }
    expect([...seen.keys()].sort((a, b) => a - b)).toEqual([1, 2, 5]);
    const expected = new Map([
      [1, DRAWS / 2],
      [2, DRAWS / 4],
      [5, DRAWS / 4],
    ]);
    const chiSquare = [...expected].reduce((sum, [x, n]) => sum + (seen.get(x)! - n) ** 2 / n, 0);
    // Two degrees of freedom: exceeded with probability 1e-4.
    expect(chiSquare).toBeLessThan(18.4);
  });
});

test("heavy tails have no mean, or no variance, and it is said", () => {
  const pareto = (alpha: number): Distribution => ({
    kind: "pareto",
    alpha,
    low: 1,
    high: Number.POSITIVE_INFINITY,
  });
  expect(moments(pareto(0.9)).mean).toBe(Number.POSITIVE_INFINITY);
  expect(moments(pareto(1.5))).toMatchObject({ mean: 3, variance: Number.POSITIVE_INFINITY });
});
