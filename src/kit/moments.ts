import type { Distribution } from "./distribution.js";

export interface DistributionMoments {
  readonly mean: number;
  /** Infinity where the tail is too heavy for one. */
  readonly variance: number;
  /** Coefficient of variation: standard deviation over mean. */
  readonly cv: number;
}

/** Mean and variance in closed form (Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions). */
export function moments(d: Distribution): DistributionMoments {
  switch (d.kind) {
    case "deterministic":
      return of(d.value, 0);
    case "exponential":
      return of(d.mean, d.mean ** 2);
    case "uniform":
      return of((d.low + d.high) / 2, (d.high - d.low) ** 2 / 12);
    case "lognormal":
    case "gamma":
      return of(d.mean, (d.cv * d.mean) ** 2);
    case "erlang":
      return of(d.mean, d.mean ** 2 / d.stages);
    case "weibull": {
      const first = d.scale * gammaFunction(1 + 1 / d.shape);
      return of(first, d.scale ** 2 * gammaFunction(1 + 2 / d.shape) - first ** 2);
    }
    case "pareto": {
      const first = paretoMoment(d.alpha, d.low, d.high, 1);
      const second = paretoMoment(d.alpha, d.low, d.high, 2);
      return of(first, second - first ** 2);
    }
    case "hyperexponential":
      return mixture(d.weights, d.means, (mean) => 2 * mean ** 2);
    case "empirical": {
      const weights = d.weights ?? d.values.map(() => 1 / d.values.length);
      return mixture(weights, d.values, (value) => value ** 2);
    }
  }
}

const of = (mean: number, variance: number): DistributionMoments => ({
  mean,
  variance,
  cv: Math.sqrt(variance) / mean,
});

function mixture(
  weights: readonly number[],
  means: readonly number[],
  square: (mean: number) => number,
): DistributionMoments {
  const total = weights.reduce((sum, w) => sum + w, 0);
  const average = (f: (mean: number) => number) =>
    means.reduce((sum, mean, i) => sum + (weights[i]! / total) * f(mean), 0);
  const mean = average((x) => x);
  return of(mean, Math.max(0, average(square) - mean ** 2));
}

/** E[X^k] of a Pareto on [low, high]; Infinity where it does not exist. */
function paretoMoment(alpha: number, low: number, high: number, k: number): number {
  if (high === Number.POSITIVE_INFINITY) {
    return alpha > k ? (alpha * low ** k) / (alpha - k) : Number.POSITIVE_INFINITY;
  }
  const mass = 1 - (low / high) ** alpha;
  if (alpha === k) return (alpha * low ** alpha * Math.log(high / low)) / mass;
  return ((alpha * low ** alpha) / (mass * (alpha - k))) * (low ** (k - alpha) - high ** (k - alpha));
}

/** Gamma function for positive arguments: Lanczos (1964), g = 7, nine terms; relative error below 1e-14. */
export function gammaFunction(x: number): number {
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gammaFunction(1 - x));
  const z = x - 1;
  let sum = LANCZOS[0]!;
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (z + i);
  const t = z + 7.5;
  return Math.sqrt(2 * Math.PI) * t ** (z + 0.5) * Math.exp(-t) * sum;
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
