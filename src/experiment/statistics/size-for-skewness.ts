import { moments, skewness } from "./moments.js";

/**
 * How many values Student's t interval of their mean asks for before it may be believed: 28 + 25 times the squared skewness of
 * the sample (Cochran 1977, "Sampling Techniques", section 2.15, whose rule leaves 94 % or more of 95; the 28 are of Sugden, Smith and
 * Jones 2000, "Cochran's rule for simple random sampling", Journal of the Royal Statistical Society B 62(4)).
 *
 * A sample from a skew law whose long tail it has hardly met yet has both a mean and a spread that are too small, and a rule that
 * stops where the spread is small picks just those samples. Values that do not vary ask for none.
 */
export function sizeForSkewness(values: readonly number[]): number {
  if (moments(values).standardDeviation === 0) return 0;
  return Math.ceil(28 + 25 * skewness(values) ** 2);
}
