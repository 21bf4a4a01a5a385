/** Count, mean and sample standard deviation of a sample, and the standard error of its mean. */
export interface Moments {
  readonly count: number;
  /** NaN for an empty sample. */
  readonly mean: number;
  /** With n - 1 in the denominator; NaN for fewer than two values. */
  readonly standardDeviation: number;
  /** standardDeviation / sqrt(count). */
  readonly standardError: number;
}

/** One pass, without cancellation: Welford 1962, "Note on a method for calculating corrected sums of squares". */
export function moments(values: Iterable<number>): Moments {
  let count = 0;
  let average = 0;
  let squares = 0;
  for (const value of values) {
    const before = value - average;
    average += before / ++count;
    squares += before * (value - average);
  }
  const standardDeviation = count < 2 ? Number.NaN : Math.sqrt(squares / (count - 1));
  return {
    count,
    mean: count === 0 ? Number.NaN : average,
    standardDeviation,
    standardError: standardDeviation / Math.sqrt(count),
  };
}

export const mean = (values: Iterable<number>): number => moments(values).mean;
export const sampleStandardDeviation = (values: Iterable<number>): number =>
  moments(values).standardDeviation;
export const standardError = (values: Iterable<number>): number => moments(values).standardError;

/** Sample skewness with the unbiased third moment (Willink 2005); 0 where nothing varies or there are fewer than three values. */
export function skewness(values: readonly number[] | Float64Array): number {
  const { count, mean, standardDeviation } = moments(values);
  if (count < 3 || standardDeviation === 0) return 0;
  let cubes = 0;
  // Divided first: the cube of a small deviation would underflow.
  for (const value of values) cubes += ((value - mean) / standardDeviation) ** 3;
  return (count / (count - 1) / (count - 2)) * cubes;
}
