import { assert } from "../../kit/assert.js";
import { normalDensity, normalQuantile, normalUpperTail } from "../../kit/normal.js";

/**
 * Student's t distribution. `df` is the degrees of freedom, any positive number or Infinity (the normal).
 * Relative error of tails and quantiles: below 1e-12 for df up to 1000, 1e-10 at 1e6 (the continued fraction loses
 * digits as df grows). Held to 60-digit values in the tests.
 */
export function studentTCdf(t: number, df: number): number {
  return studentTUpperTail(-t, df);
}

/** P(T > t). Keeps its relative accuracy in the tail, so it serves for p-values. */
export function studentTUpperTail(t: number, df: number): number {
  assert(df > 0, `degrees of freedom are positive, got ${df}`);
  if (Number.isNaN(t)) return Number.NaN;
  if (df >= NORMAL_FROM) return normalUpperTail(t);
  if (t < 0) return 1 - studentTUpperTail(-t, df);
  if (t === 0) return 0.5;
  if (t === Number.POSITIVE_INFINITY) return 0;
  // P(|T| > t) = I_x(df/2, 1/2) with x = df / (df + t^2): Abramowitz and Stegun 26.7.1 with 26.5.27.
  const ratio = (t * t) / df;
  const front = density(t, df) * t;
  const x = 1 / (1 + ratio);
  const a = df / 2;
  // x^a (1-x)^(1/2) / B(a, 1/2) is t times the density, so no logarithm of a gamma function is needed.
  if (x < (a + 1) / (a + 2.5)) return (front / (2 * a)) * betaFraction(x, a, 0.5);
  return 0.5 - front * betaFraction(ratio / (1 + ratio), 0.5, a);
}

/** Density of Student's t. */
export function studentTDensity(t: number, df: number): number {
  assert(df > 0, `degrees of freedom are positive, got ${df}`);
  return df >= NORMAL_FROM ? normalDensity(t) : density(t, df);
}

/**
 * The t with P(T <= t) = p.
 *
 * Newton's method on log P(T > t) as a function of log t. That function is concave and decreasing, and the normal
 * quantile lies left of the root, so the steps overshoot once and then come down to the root without leaving it.
 */
export function studentTQuantile(p: number, df: number): number {
  assert(df > 0, `degrees of freedom are positive, got ${df}`);
  assert(p >= 0 && p <= 1, `a probability lies in [0, 1], got ${p}`);
  if (p === 0.5) return 0;
  if (p > 0.5) return p === 1 ? Number.POSITIVE_INFINITY : upperQuantile(1 - p, df);
  return p === 0 ? Number.NEGATIVE_INFINITY : -upperQuantile(p, df);
}

function upperQuantile(tail: number, df: number): number {
  let t = -normalQuantile(tail);
  if (df >= NORMAL_FROM) return t;
  for (let step = 0; step < 200; step++) {
    const area = studentTUpperTail(t, df);
    const shift = (Math.log(area / tail) * area) / (t * density(t, df));
    const next = t * Math.exp(shift);
    if (Math.abs(shift) < 1e-14) return next;
    t = next;
  }
  return t;
}

/** From here on the normal distribution is the same within 1e-13. */
const NORMAL_FROM = 1e12;

function density(t: number, df: number): number {
  return (
    Math.exp(-0.5 * (df + 1) * Math.log1p((t * t) / df)) * (gammaRatio(df / 2) / Math.sqrt(Math.PI * df))
  );
}

/**
 * Gamma(a + 1/2) / Gamma(a): the asymptotic series of Tricomi and Erdelyi 1951, moved to a >= 64 by the recurrence
 * r(a) = r(a + 1) a / (a + 1/2). A difference of two logarithms would lose digits as a grows.
 */
function gammaRatio(a: number): number {
  let factor = 1;
  for (; a < 64; a++) factor *= a / (a + 0.5);
  const u = 1 / a;
  const series =
    1 +
    u *
      (-1 / 8 +
        u * (1 / 128 + u * (5 / 1024 + u * (-21 / 32768 + u * (-399 / 262144 + (u * 869) / 4194304)))));
  return factor * Math.sqrt(a) * series;
}

/** The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8) by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / nonzero(1 - ((a + b) * x) / (a + 1));
  let h = d;
  // It converges in about sqrt(max(a, b)) steps.
  const limit = 1000 + 20 * Math.sqrt(Math.max(a, b));
  for (let m = 1; m < limit; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonzero(1 + even * d);
    c = nonzero(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonzero(1 + odd * d);
    c = nonzero(1 + odd / c);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 1e-16) return h;
  }
  return h;

  function nonzero(value: number): number {
    return Math.abs(value) < tiny ? tiny : value;
  }
}
