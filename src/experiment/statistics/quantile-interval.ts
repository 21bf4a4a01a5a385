import { assert } from "../../kit/assert.js";
import { logGamma } from "../../kit/gamma.js";
import { checkLevel, type Interval } from "./mean-interval.js";
import { quantileSorted } from "./quantile-sorted.js";

export interface QuantileInterval extends Interval {
  readonly estimate: number;
  /** Probability with which it holds the quantile: at least the level, whatever the law of the values. */
  readonly coverage: number;
}

/**
 * Interval for a quantile of independent values between two of them: how many values lie below the quantile is binomial (Hahn,
 * Meeker and Escobar 2017, "Statistical Intervals", section 5.2). The error is shared evenly between the ends; where there are too
 * few values for that, an end is infinite: the 99 % quantile has an upper end at 95 % from 368 values on.
 *
 * Values of one run depend on each other. There, take the quantile of each of several runs and `meanInterval` of those.
 */
export function quantileInterval(values: Iterable<number>, p: number, level = 0.95): QuantileInterval {
  checkLevel(level);
  assert(p > 0 && p < 1, `a quantile's probability lies between 0 and 1, got ${p}`);
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  assert(n > 0, "a quantile needs a value");
  const each = (1 - level) / 2;
  // below[k] = P(fewer than k of n lie below the quantile).
  const below = binomialBelow(n, p);
  // The quantile lies below the l-th value with P(fewer than l below) <= each; above the u-th with 1 - P(fewer than u).
  let l = 0;
  while (l < n && below[l + 1]! <= each) l++;
  let u = n + 1;
  while (u > 1 && 1 - below[u - 1]! <= each) u--;
  return {
    estimate: quantileSorted(sorted, p),
    low: l === 0 ? Number.NEGATIVE_INFINITY : sorted[l - 1]!,
    high: u === n + 1 ? Number.POSITIVE_INFINITY : sorted[u - 1]!,
    level,
    coverage: (u === n + 1 ? 1 : below[u]!) - (l === 0 ? 0 : below[l]!),
  };
}

/** [n + 2]: P(a binomial of n trials is less than k). */
function binomialBelow(n: number, p: number): Float64Array {
  const found = new Float64Array(n + 2);
  const all = logGamma(n + 1);
  for (let k = 0; k <= n; k++) {
    const log = all - logGamma(k + 1) - logGamma(n - k + 1) + k * Math.log(p) + (n - k) * Math.log1p(-p);
    found[k + 1] = found[k]! + Math.exp(log);
  }
  return found;
}
