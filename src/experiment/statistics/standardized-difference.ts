import { logGamma } from "../../kit/gamma.js";
import { checkLevel, type Interval } from "./mean-interval.js";
import { moments } from "./moments.js";
import { noncentralTShift } from "./noncentral-t.js";
import { pairedDifferences } from "./paired-differences.js";

export interface StandardizedDifference extends Interval {
  /** Mean difference over the differences' standard deviation; infinite where all are equal and not zero. */
  readonly d: number;
  /** The same with the bias of small samples taken out (Hedges 1981). */
  readonly g: number;
}

/**
 * Cohen's d of paired values (Cohen 1988, "Statistical Power Analysis", section 2.3.5, there d_z), and Hedges' g. How far a
 * difference stands out of its scatter from seed to seed: at 0.5 some 30 seeds tell, at 0.1 some 800. Its interval is exact for
 * normal differences, by the noncentral t distribution (Steiger and Fouladi 1997), and is of d.
 *
 * With common random numbers it is larger than d of independent runs, for what runs share is in no difference.
 */
export function standardizedDifference(
  candidate: readonly number[],
  baseline: readonly number[],
  level = 0.95,
): StandardizedDifference {
  checkLevel(level);
  const { count, mean, standardDeviation } = moments(pairedDifferences(candidate, baseline));
  const d = mean === 0 ? 0 : mean / standardDeviation;
  if (count < 2) return { d: Number.NaN, g: Number.NaN, ...WHOLE_LINE, level };
  const df = count - 1;
  const g = d * smallSampleFactor(df);
  if (mean === 0 && standardDeviation === 0) return { d, g, low: 0, high: 0, level };
  if (!Number.isFinite(d)) return { d, g, low: d, high: d, level };
  const root = Math.sqrt(count);
  const end = (p: number) => noncentralTShift(d * root, df, p) / root;
  return { d, g, low: end(0.5 + level / 2), high: end(0.5 - level / 2), level };
}

const WHOLE_LINE = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** Hedges 1981, "Distribution theory for Glass's estimator of effect size", J. Educational Statistics 6(2), eq. 6e. */
function smallSampleFactor(df: number): number {
  if (df < 2) return Number.NaN;
  return Math.exp(logGamma(df / 2) - logGamma((df - 1) / 2)) / Math.sqrt(df / 2);
}

/** Cohen's words for |d|, with "negligible" below his smallest. */
export function sizeInWords(d: number): "negligible" | "small" | "medium" | "large" {
  const size = Math.abs(d);
  return size < 0.2 ? "negligible" : size < 0.5 ? "small" : size < 0.8 ? "medium" : "large";
}
