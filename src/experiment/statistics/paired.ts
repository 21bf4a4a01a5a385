import { checkLevel, type MeanInterval, meanInterval } from "./mean-interval.js";
import { moments } from "./moments.js";
import { pairedDifferences } from "./paired-differences.js";
import { studentTQuantile, studentTUpperTail } from "./student-t.js";

export interface PairedTTest {
  /** Mean difference over its standard error; infinite where all differences are equal and not zero. */
  readonly t: number;
  readonly degreesOfFreedom: number;
  /** Two-sided. NaN for fewer than two pairs. */
  readonly pValue: number;
}

/**
 * Mean of candidate[i] - baseline[i] with its t interval. Pairs share a seed, so what both policies met alike
 * (arrivals, work, failures) cancels out of the difference.
 */
export function pairedDifference(
  candidate: readonly number[],
  baseline: readonly number[],
  level = 0.95,
): MeanInterval {
  return meanInterval(pairedDifferences(candidate, baseline), level);
}

/** Student's paired t-test of "the mean difference is zero". */
export function pairedTTest(candidate: readonly number[], baseline: readonly number[]): PairedTTest {
  const { count, mean, standardError } = moments(pairedDifferences(candidate, baseline));
  const degreesOfFreedom = count - 1;
  if (count < 2) return { t: Number.NaN, degreesOfFreedom, pValue: Number.NaN };
  const t = mean === 0 ? 0 : mean / standardError;
  return { t, degreesOfFreedom, pValue: Math.min(1, 2 * studentTUpperTail(Math.abs(t), degreesOfFreedom)) };
}

/** mean(candidate) / mean(baseline) - 1 with its interval. */
export interface RelativeChange {
  readonly change: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
}

/**
 * Relative change of the mean, mean(candidate) / mean(baseline) - 1, with Fieller's interval (Fieller 1954, "Some
 * problems in interval estimation", J. R. Stat. Soc. B 16(2)): every change c that a paired t-test does not reject in
 * "mean(candidate - (1 + c) baseline) = 0".
 *
 * Chosen over the delta method, its limit for a steady baseline, for two reasons: it is exact for normal pairs however
 * few they are; and it holds zero exactly when the t interval of the difference does, so that the absolute and the
 * relative answer never contradict each other.
 *
 * @returns undefined where a ratio means nothing: the baseline's mean is not positive, or its own interval at `level`
 * reaches zero (the set is then unbounded). With fewer than two pairs the interval is the whole line.
 */
export function relativePairedDifference(
  candidate: readonly number[],
  baseline: readonly number[],
  level = 0.95,
): RelativeChange | undefined {
  checkLevel(level);
  // Written in the difference d = candidate - baseline, so that a small change keeps its digits:
  // (mean d - c mean b)^2 <= t^2 (s_dd - 2 c s_db + c^2 s_bb) / n, a quadratic in c.
  const d = pairedDifferences(candidate, baseline);
  const n = d.length;
  const meanD = moments(d).mean;
  const meanB = moments(baseline).mean;
  if (!(meanB > 0)) return undefined;
  const change = meanD / meanB;
  if (n < 2) return { change, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, level };

  const k = studentTQuantile(0.5 + level / 2, n - 1) ** 2 / n;
  const a = meanB * meanB - k * covariance(baseline, baseline);
  const b = meanD * meanB - k * covariance(d, baseline);
  const c = meanD * meanD - k * covariance(d, d);
  if (a <= 0) return undefined;
  const root = Math.sqrt(Math.max(0, b * b - a * c));
  return { change, low: (b - root) / a, high: (b + root) / a, level };
}

/** Sample covariance of two columns of one length. */
function covariance(x: readonly number[], y: readonly number[]): number {
  const meanX = moments(x).mean;
  const meanY = moments(y).mean;
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! - meanX) * (y[i]! - meanY);
  return sum / (x.length - 1);
}
