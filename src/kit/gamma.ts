import { assert } from "./assert.js";
import { normalQuantile } from "./normal.js";

/** Logarithm of the gamma function, x > 0: Stirling's series after shifting the argument to 8 or more; error below 1e-13. */
export function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 8; z++) shift += Math.log(z);
  const w = 1 / (z * z);
  const series = (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w / 1188)))) / z;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/** Derivative of `logGamma`, x > 0: Bernardo 1976, "Algorithm AS 103: psi function", with more terms. */
export function digamma(x: number): number {
  let below = 0;
  let z = x;
  for (; z < 8; z++) below += 1 / z;
  const w = 1 / (z * z);
  return (
    Math.log(z) - 0.5 / z - w * (1 / 12 - w * (1 / 120 - w * (1 / 252 - w * (1 / 240 - w / 132)))) - below
  );
}

/** Derivative of `digamma`, x > 0. */
export function trigamma(x: number): number {
  let below = 0;
  let z = x;
  for (; z < 16; z++) below += 1 / (z * z);
  const w = 1 / (z * z);
  return 1 / z + w / 2 + (w / z) * (1 / 6 - w * (1 / 30 - w * (1 / 42 - w / 30))) + below;
}

/**
 * Regularised lower incomplete gamma function P(shape, x), the distribution function of a gamma law of scale 1: its series
 * below shape + 1, Lentz's continued fraction above (Press et al., Numerical Recipes, 6.2).
 */
export function gammaCdf(shape: number, x: number): number {
  if (!(x > 0)) return 0;
  if (x === Number.POSITIVE_INFINITY) return 1;
  const front = Math.exp(shape * Math.log(x) - x - logGamma(shape));
  if (x < shape + 1) {
    let term = 1 / shape;
    let sum = term;
    for (let k = 1; term > sum * 1e-17 && k < MOST_TERMS; k++) {
      term *= x / (shape + k);
      sum += term;
    }
    return Math.min(1, front * sum);
  }
  let b = x + 1 - shape;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let k = 1; k < MOST_TERMS; k++) {
    const a = -k * (k - shape);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return 1 - front * h;
}

const MOST_TERMS = 100_000;

/**
 * The x with P(shape, x) = p: Wilson and Hilferty's approximation, then Newton's steps held within a bracket. Of small
 * shapes, whose values may lie below the smallest number, 0.
 */
export function gammaQuantile(shape: number, p: number): number {
  assert(p >= 0 && p <= 1, `a probability lies in [0, 1], got ${p}`);
  if (p === 0) return 0;
  if (p === 1) return Number.POSITIVE_INFINITY;
  // Near zero the distribution function is x^shape / (shape Gamma(shape)).
  const small = Math.exp((Math.log(p) + logGamma(shape + 1)) / shape);
  if (small < 1e-8) return small;
  const t = 1 - 1 / (9 * shape) + normalQuantile(p) / (3 * Math.sqrt(shape));
  let x = t > 0 && shape > 0.5 ? shape * t ** 3 : small;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  for (let step = 0; step < 100; step++) {
    const off = gammaCdf(shape, x) - p;
    if (off > 0) high = x;
    else low = x;
    const slope = Math.exp((shape - 1) * Math.log(x) - x - logGamma(shape));
    let next = x - off / slope;
    if (!(next > low && next < high)) next = high === Number.POSITIVE_INFINITY ? 2 * x : (low + high) / 2;
    if (Math.abs(next - x) <= 1e-14 * x) return next;
    x = next;
  }
  return x;
}
