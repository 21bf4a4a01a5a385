import { describe, expect, test } from "vitest";
import type { Distribution } from "../../../src/kit/distribution.js";
import { KeyedStream } from "../../../src/kit/random.js";
import { sampler } from "../../../src/kit/sampler.js";
import { fitFamilies } from "../../../src/workload/fit/laws/families.js";
import { fitTail, quantileTable } from "../../../src/workload/fit/laws/quantile-table.js";
import { generalisedPareto, lawMean, lawQuantile } from "../../../src/workload/synthesis/law.js";

function drawn(law: Distribution, n: number): Float64Array {
  const [draw, stream] = [sampler(law), KeyedStream.named(7, "laws")];
  return Float64Array.from({ length: n }, () => draw(stream));
}

describe("what a sample was drawn from is found again, and has the least AIC", () => {
  // Standard errors of 10,000 values are about 1 % of these parameters; bounds are five of them or more.
  test.each<[Distribution, number]>([
    [{ kind: "exponential", mean: 3 }, 0.05],
    [{ kind: "gamma", mean: 3, cv: 0.5 }, 0.05],
    [{ kind: "lognormal", mean: 3, cv: 1.2 }, 0.1],
    [{ kind: "weibull", shape: 0.6, scale: 3 }, 0.1],
    [{ kind: "pareto", alpha: 1.3, low: 2, high: 1000 }, 0.1],
    [{ kind: "hyperexponential", weights: [0.7, 0.3], means: [1, 10] }, 0.15],
  ])("%o", (law, share) => {
    const fits = fitFamilies(drawn(law, 10_000));
    const best = fits.reduce((a, b) => (b.score.aic < a.score.aic - 4 ? b : a));
    expect(best.law.kind).toBe(law.kind);
    const numbers = (d: Distribution) =>
      Object.values(d)
        .flat()
        .filter((v) => typeof v === "number");
    numbers(law).forEach((truth, k) => {
      const found = numbers(best.law)[k]!;
      expect(Math.abs(found / truth - 1), `${found} for ${truth}`).toBeLessThan(truth === 1000 ? 0.5 : share);
    });
  });

  test("log likelihoods are sums of log densities", () => {
    const values = Float64Array.of(0.5, 1, 2, 7);
    const of = (kind: string) => fitFamilies(values).find(({ law }) => law.kind === kind)!;
    const sum = (density: (x: number) => number) =>
      values.reduce((total, x) => total + Math.log(density(x)), 0);
    const w = of("weibull").law as Extract<Distribution, { kind: "weibull" }>;
    expect(of("weibull").score.logLikelihood).toBeCloseTo(
      sum(
        (x) => (w.shape / w.scale) * (x / w.scale) ** (w.shape - 1) * Math.exp(-((x / w.scale) ** w.shape)),
      ),
      9,
    );
    const p = of("pareto").law as Extract<Distribution, { kind: "pareto" }>;
    expect(of("pareto").score.logLikelihood).toBeCloseTo(
      sum((x) => (p.alpha * p.low ** p.alpha * x ** (-p.alpha - 1)) / (1 - (p.low / p.high) ** p.alpha)),
      9,
    );
    const l = of("lognormal").law as Extract<Distribution, { kind: "lognormal" }>;
    const [s2, mu] = [Math.log1p(l.cv ** 2), Math.log(l.mean) - Math.log1p(l.cv ** 2) / 2];
    expect(of("lognormal").score.logLikelihood).toBeCloseTo(
      sum((x) => Math.exp(-((Math.log(x) - mu) ** 2) / (2 * s2)) / (x * Math.sqrt(2 * Math.PI * s2))),
      9,
    );
    expect(of("exponential").score.logLikelihood).toBeCloseTo(
      sum((x) => Math.exp(-x / 2.625) / 2.625),
      9,
    );
  });
});

describe("tables of quantiles", () => {
  test("keep the mean of any sample, and every value of a small one in proportion", () => {
    const small = quantileTable(Float64Array.of(1, 2, 2, 10));
    expect(lawMean(small)).toBeCloseTo(3.75, 12);
    const large = drawn({ kind: "lognormal", mean: 3, cv: 2 }, 3000).sort();
    expect(lawMean(quantileTable(large)) * 3000).toBeCloseTo(
      large.reduce((a, b) => a + b),
      6,
    );
    expect(quantileTable(Float64Array.of(2, 2, 2))).toEqual({ kind: "deterministic", value: 2 });
  });

  test("are near the sample's quantiles, tail and all", () => {
    const sample = drawn({ kind: "lognormal", mean: 3, cv: 2 }, 20_000).sort();
    const quantile = lawQuantile(quantileTable(sample));
    for (const p of [0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999])
      expect(Math.abs(quantile(p) / sample[Math.floor(p * 20_000)]! - 1)).toBeLessThan(
        p > 0.99 ? 0.15 : 0.06,
      );
  });

  test("a generalised Pareto tail is found again", () => {
    const stream = KeyedStream.named(3, "tail");
    const excess = Float64Array.from({ length: 5000 }, () => generalisedPareto(0.4, 2, stream.next()));
    const { shape, scale } = fitTail(excess);
    // Standard errors: (1 + shape) / sqrt(n) = 0.02, and about 0.05 of the scale; four of each.
    expect(Math.abs(shape - 0.4)).toBeLessThan(0.08);
    expect(Math.abs(scale - 2)).toBeLessThan(0.2);
  });
});
