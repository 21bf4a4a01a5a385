import type { Distribution } from "../../src/kit/distribution.js";

/** The same law in another unit: every draw is multiplied. */
export function stretched(d: Distribution, by: number): Distribution {
  switch (d.kind) {
    case "deterministic":
      return { ...d, value: d.value * by };
    case "exponential":
    case "lognormal":
    case "gamma":
    case "erlang":
      return { ...d, mean: d.mean * by };
    case "uniform":
    case "pareto":
      return { ...d, low: d.low * by, high: d.high * by };
    case "weibull":
      return { ...d, scale: d.scale * by };
    case "hyperexponential":
      return { ...d, means: d.means.map((mean) => mean * by) };
    case "empirical":
      return { ...d, values: d.values.map((value) => value * by) };
  }
}
