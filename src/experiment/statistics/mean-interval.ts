import { assert } from "../../kit/assert.js";
import { type Moments, moments } from "./moments.js";
import { studentTQuantile } from "./student-t.js";

/** A confidence interval at `level`, e.g. 0.95. Its ends are infinite where the sample says nothing about the spread. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly level: number;
}

export interface MeanInterval extends Interval, Moments {}

/**
 * Student's t interval for the mean of independent values (replications, batch means). Exact for normal values; for
 * 30 values as skew as an exponential the 95 % interval covers in 92.8 % of samples (measured).
 * With fewer than two values it is the whole line.
 */
export function meanInterval(values: Iterable<number>, level = 0.95): MeanInterval {
  const sample = moments(values);
  const half = halfWidth(sample, level);
  return { ...sample, low: sample.mean - half, high: sample.mean + half, level };
}

/** Half the width of the t interval of a mean; Infinity for fewer than two values. */
export function halfWidth({ count, standardError }: Moments, level: number): number {
  checkLevel(level);
  if (count < 2) return Number.POSITIVE_INFINITY;
  return studentTQuantile(0.5 + level / 2, count - 1) * standardError;
}

export function checkLevel(level: number): void {
  assert(level > 0 && level < 1, `a confidence level lies between 0 and 1, got ${level}`);
}
