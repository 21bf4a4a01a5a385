import type { Distribution } from "./distribution.js";
import { gammaQuantile } from "./gamma.js";
import { normalQuantile } from "./normal.js";
import { sampler } from "./sampler.js";

/**
 * The quantile function of a distribution: never decreasing, so that draws whose uniforms go together go together too. Where
 * that is not asked for, `sampler` is faster.
 */
export function quantileFunction(d: Distribution): (p: number) => number {
  switch (d.kind) {
    case "exponential":
      return (p) => -d.mean * Math.log1p(-p);
    case "weibull": {
      const power = 1 / d.shape;
      return (p) => d.scale * (-Math.log1p(-p)) ** power;
    }
    case "lognormal": {
      const variance = Math.log1p(d.cv ** 2);
      const mu = Math.log(d.mean) - variance / 2;
      const sigma = Math.sqrt(variance);
      return (p) => Math.exp(mu + sigma * normalQuantile(p));
    }
    case "gamma": {
      if (d.cv === 0) return () => d.mean;
      const shape = 1 / d.cv ** 2;
      return (p) => (d.mean / shape) * gammaQuantile(shape, p);
    }
    case "erlang":
      return (p) => (d.mean / d.stages) * gammaQuantile(d.stages, p);
    case "hyperexponential":
      return (p) => hyperexponentialQuantile(d.weights, d.means, p);
    case "deterministic":
    case "uniform":
    case "pareto":
    case "empirical": {
      // These are drawn by inversion already, from one uniform that rises with the value.
      const one = { p: 0, next: () => one.p, exponential: () => -Math.log(one.p) };
      const draw = sampler(d);
      return (p) => {
        one.p = p;
        return draw(one);
      };
    }
  }
}

/** By bisection: between nothing and the quantile of the slowest branch alone, which lies above. */
function hyperexponentialQuantile(weights: readonly number[], means: readonly number[], p: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const above = (x: number) =>
    weights.reduce((sum, weight, k) => sum + (weight / total) * Math.exp(-x / means[k]!), 0);
  let low = 0;
  let high = -Math.max(...means) * Math.log1p(-p);
  for (let step = 0; step < 200 && high - low > 1e-14 * high; step++) {
    const middle = (low + high) / 2;
    if (above(middle) > 1 - p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
