import { assert } from "../../kit/assert.js";
import { gammaCdf, logGamma } from "../../kit/gamma.js";
import { normalCdf, normalDensity, normalQuantile } from "../../kit/normal.js";
import { simpson } from "../../kit/simpson.js";

/**
 * P(T <= t) for the noncentral t distribution: T = (Z + shift) / S, Z standard normal and S an independent
 * sqrt(chi-squared / df). One of the two is integrated numerically, the one beside which the other's distribution function
 * is smooth: absolute error below 1e-6.
 */
export function noncentralTCdf(t: number, df: number, shift: number): number {
  assert(df > 0, `degrees of freedom are positive, got ${df}`);
  // T of the opposite shift is -T.
  if (t < 0) return 1 - noncentralTCdf(-t, df, -shift);
  return t * t < 2 * df ? overSpread(t, df, shift) : overNormal(t, df, shift);
}

/**
 * The shift under which `t` is the p-quantile: what an interval for a standardised mean is made of (Steiger and Fouladi
 * 1997, "Noncentrality interval estimation and the evaluation of statistical models").
 */
export function noncentralTShift(t: number, df: number, p: number): number {
  // P(T <= t) falls as the shift grows. Hold the root in a bracket and halve it; secant steps within.
  const spread = Math.sqrt(1 + (t * t) / (2 * df));
  let low = t - spread * normalQuantile(p) - 1;
  let high = low + 2;
  const above = (shift: number) => noncentralTCdf(t, df, shift) - p;
  for (let step = 1; above(low) < 0; step *= 2) low -= step * spread;
  for (let step = 1; above(high) > 0; step *= 2) high += step * spread;
  let [atLow, atHigh] = [above(low), above(high)];
  for (let step = 0; step < 200 && high - low > 1e-6 * spread; step++) {
    // Illinois: regula falsi whose idle end counts for half.
    const middle = (low * atHigh - high * atLow) / (atHigh - atLow);
    const at = above(middle);
    if (at === 0) return middle;
    if (at > 0) {
      [low, atLow] = [middle, at];
      atHigh /= 2;
    } else {
      [high, atHigh] = [middle, at];
      atLow /= 2;
    }
    if (Math.abs(at) < 1e-7) return middle;
  }
  return (low + high) / 2;
}

const PANELS = 128;
/** Normal deviates beyond which nothing is left. */
const FAR = 9;

function overSpread(t: number, df: number, shift: number): number {
  const half = df / 2;
  const front = Math.log(2) + half * Math.log(half) - logGamma(half);
  const density = (s: number) =>
    s === 0 ? (df === 1 ? Math.exp(front) : 0) : Math.exp(front + (df - 1) * Math.log(s) - half * s * s);
  const reach = (FAR + 1) / Math.sqrt(2 * df);
  return simpson((s) => density(s) * normalCdf(t * s - shift), Math.max(0, 1 - reach), 1 + reach, PANELS);
}

function overNormal(t: number, df: number, shift: number): number {
  // Z <= t S - shift: always where z <= -shift, else where S is at least (z + shift) / t.
  const most = (z: number) => 1 - gammaCdf(df / 2, (df * ((z + shift) / t) ** 2) / 2);
  const from = Math.min(FAR, Math.max(-FAR, -shift));
  return normalCdf(from) + simpson((z) => normalDensity(z) * most(z), from, FAR, PANELS);
}
