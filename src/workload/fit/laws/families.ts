import type { Distribution } from "../../../kit/distribution.js";
import { digamma, logGamma, trigamma } from "../../../kit/gamma.js";
import { type Score, score } from "../score.js";

export interface FittedFamily {
  readonly law: Distribution;
  readonly score: Score;
}

/**
 * Every family that can hold a sample, fitted by maximum likelihood.
 * @param values all positive, at least two that differ
 */
export function fitFamilies(values: Float64Array): readonly FittedFamily[] {
  return [exponential, gamma, lognormal, weibull, pareto, hyperexponential].flatMap((family) => {
    const found = family(values);
    return found !== null && Number.isFinite(found.score.logLikelihood) ? [found] : [];
  });
}

function exponential(values: Float64Array): FittedFamily {
  const mean = meanOf(values);
  const n = values.length;
  return { law: { kind: "exponential", mean }, score: score("exponential", 1, -n * (Math.log(mean) + 1), n) };
}

/** Newton's steps on log(shape) - psi(shape) = log(mean) - mean(log), from Minka 2002's start. The mean is the sample's. */
export function gamma(values: Float64Array): FittedFamily | null {
  const n = values.length;
  const mean = meanOf(values);
  const logs = meanOf(values.map(Math.log));
  const s = Math.log(mean) - logs;
  if (!(s > 1e-12)) return null;
  let shape = (3 - s + Math.sqrt((s - 3) ** 2 + 24 * s)) / (12 * s);
  for (let step = 0; step < 50; step++) {
    const next =
      1 /
      (1 / shape +
        (logs - Math.log(mean) + Math.log(shape) - digamma(shape)) /
          (shape ** 2 * (1 / shape - trigamma(shape))));
    if (Math.abs(next - shape) <= 1e-12 * shape) break;
    shape = next;
  }
  const scale = mean / shape;
  const likelihood = n * ((shape - 1) * logs - mean / scale - shape * Math.log(scale) - logGamma(shape));
  return { law: { kind: "gamma", mean, cv: 1 / Math.sqrt(shape) }, score: score("gamma", 2, likelihood, n) };
}

export function lognormal(values: Float64Array): FittedFamily | null {
  const n = values.length;
  const logs = values.map(Math.log);
  const mu = meanOf(logs);
  const variance = logs.reduce((sum, log) => sum + (log - mu) ** 2, 0) / n;
  if (!(variance > 0)) return null;
  const law: Distribution = {
    kind: "lognormal",
    mean: Math.exp(mu + variance / 2),
    cv: Math.sqrt(Math.expm1(variance)),
  };
  return { law, score: score("lognormal", 2, -n * (mu + 0.5 * Math.log(2 * Math.PI * variance) + 0.5), n) };
}

/** The shape solves sum(x^k log x) / sum(x^k) - 1/k = mean(log x), by bisection; values are set against the largest. */
export function weibull(values: Float64Array): FittedFamily | null {
  const n = values.length;
  const largest = values.reduce((a, b) => Math.max(a, b), 0);
  const logs = values.map((value) => Math.log(value / largest));
  const mean = meanOf(logs);
  const excess = (shape: number) => {
    let [powers, weighted] = [0, 0];
    for (const log of logs) {
      const power = Math.exp(shape * log);
      powers += power;
      weighted += power * log;
    }
    return weighted / powers - 1 / shape - mean;
  };
  let [low, high] = [1e-3, 1e3];
  if (!(excess(low) < 0 && excess(high) > 0)) return null;
  for (let step = 0; step < 100 && high - low > 1e-12 * high; step++) {
    const middle = Math.sqrt(low * high);
    if (excess(middle) < 0) low = middle;
    else high = middle;
  }
  const shape = Math.sqrt(low * high);
  const power = meanOf(logs.map((log) => Math.exp(shape * log)));
  const scale = largest * power ** (1 / shape);
  const likelihood =
    n * (Math.log(shape) - shape * Math.log(scale) + (shape - 1) * (mean + Math.log(largest)) - 1);
  return { law: { kind: "weibull", shape, scale }, score: score("weibull", 2, likelihood, n) };
}

/** Bounded by the largest value: the truncated law of Aban, Meerschaert and Panorska 2006, whose mean always exists. */
export function pareto(values: Float64Array): FittedFamily | null {
  const n = values.length;
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), 0);
  const spread = Math.log(high / low);
  const logs = values.reduce((sum, value) => sum + Math.log(value / low), 0) / n;
  // 1/alpha = mean log(x / low) + r^alpha log(1/r) / (1 - r^alpha), r = low / high; falling in alpha.
  const excess = (alpha: number) => 1 / alpha - spread / Math.expm1(alpha * spread) - logs;
  let [lowest, highest] = [1e-6, 1e3];
  if (!(excess(lowest) > 0 && excess(highest) < 0)) return null;
  for (let step = 0; step < 200 && highest - lowest > 1e-12 * highest; step++) {
    const middle = (lowest + highest) / 2;
    if (excess(middle) > 0) lowest = middle;
    else highest = middle;
  }
  const alpha = (lowest + highest) / 2;
  const mass = -Math.expm1(-alpha * spread);
  const likelihood = n * (Math.log(alpha) - Math.log(mass) - Math.log(low) - (alpha + 1) * logs);
  return { law: { kind: "pareto", alpha, low, high }, score: score("pareto", 3, likelihood, n) };
}

/**
 * Two exponentials, by expectation and maximisation (Dempster, Laird and Rubin 1977; Asmussen, Nerman and Olsson 1996 for
 * phase-type laws). The mean is the sample's after every step.
 */
export function hyperexponential(values: Float64Array): FittedFamily | null {
  const n = values.length;
  const mean = meanOf(values);
  let [weight, fast, slow] = [0.5, mean / 3, (mean * 5) / 3];
  let likelihood = Number.NEGATIVE_INFINITY;
  for (let step = 0; step < 1000; step++) {
    let [total, ofFast, workOfFast] = [0, 0, 0];
    for (const x of values) {
      const a = (weight / fast) * Math.exp(-x / fast);
      const b = ((1 - weight) / slow) * Math.exp(-x / slow);
      const share = a + b > 0 ? a / (a + b) : 0;
      total += a + b > 0 ? Math.log(a + b) : -x / slow + Math.log((1 - weight) / slow);
      ofFast += share;
      workOfFast += share * x;
    }
    if (!(ofFast > 1e-9 * n && ofFast < n * (1 - 1e-9))) return null;
    weight = ofFast / n;
    fast = workOfFast / ofFast;
    slow = (mean * n - workOfFast) / (n - ofFast);
    const risen = total - likelihood;
    likelihood = total;
    if (risen < 1e-9 * Math.abs(total)) break;
  }
  if (!(fast > 0 && slow > 0)) return null;
  const law: Distribution = { kind: "hyperexponential", weights: [weight, 1 - weight], means: [fast, slow] };
  return { law, score: score("hyperexponential", 3, likelihood, n) };
}

/** The same law of a quantity `factor` times as large. */
export function scaledLaw(law: Distribution, factor: number): Distribution {
  switch (law.kind) {
    case "deterministic":
      return { ...law, value: law.value * factor };
    case "exponential":
    case "lognormal":
    case "gamma":
    case "erlang":
      return { ...law, mean: law.mean * factor };
    case "uniform":
    case "pareto":
      return { ...law, low: law.low * factor, high: law.high * factor };
    case "weibull":
      return { ...law, scale: law.scale * factor };
    case "hyperexponential":
      return { ...law, means: law.means.map((mean) => mean * factor) };
    case "empirical":
      return { ...law, values: law.values.map((value) => value * factor) };
  }
}

export const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
