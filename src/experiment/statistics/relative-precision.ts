import { assert } from "../../kit/assert.js";

export interface Precision {
  /** Half-width over the absolute mean. Infinity where the mean is zero but for chance: its relative precision means nothing. */
  readonly relativeHalfWidth: number;
  readonly reached: boolean;
  /** Size of the sample at which to look next; the present one where the goal is reached. */
  readonly next: number;
}

/** Looks are few, since each one is a chance to stop early on a spread that came out too small. */
const LEAST_GROWTH = 1.5;
/** A first guess of the spread is not trusted further than that. */
const MOST_GROWTH = 4;
/** The width at the next look is itself a guess: aim a little below. */
const MARGIN = 1.1;

/**
 * One look of the sequential procedure for a relative precision (Law 2015, "Simulation Modeling and Analysis", section
 * 9.4.1, after Chow and Robbins 1965): to have an estimate off by at most `goal` times the truth, stop where the
 * half-width is at most goal / (1 + goal) times the estimate; it is the estimate that the width is compared with, which
 * may lie below the truth by that much.
 *
 * A pure function of the sample so far: whoever keeps the sample can stop and go on any time, and comes to the same end.
 * Serves any sample whose half-width shrinks with the root of its size: replications, pairs of them, one long run.
 *
 * Looks are at sizes that grow by half at least, rather than one by one. Even so the interval at the end covers a little less
 * than its level where the goal is loose; see docs/output-analysis.md for how much.
 *
 * @param size replications so far, or the length of the run in any unit
 * @param estimate its half-width may be Infinity
 * @param goal e.g. 0.05 for 5 %
 * @param leastSize below which no width is believed, as by `sizeForSkewness`
 */
export function relativePrecision(
  size: number,
  estimate: { readonly mean: number; readonly halfWidth: number },
  goal: number,
  leastSize = 0,
): Precision {
  assert(size > 0, `a sample has a size, got ${size}`);
  assert(goal > 0 && goal < 1, `a relative precision lies between 0 and 1, got ${goal}`);
  const { mean, halfWidth } = estimate;
  const relativeHalfWidth = mean === 0 ? Number.POSITIVE_INFINITY : halfWidth / Math.abs(mean);
  const asked = goal / (1 + goal);
  return { relativeHalfWidth, ...lookAt(size, relativeHalfWidth / asked, leastSize) };
}

/** The same for a half-width asked for in the estimate's own unit. */
export function absolutePrecision(
  size: number,
  halfWidth: number,
  goal: number,
  leastSize = 0,
): Pick<Precision, "reached" | "next"> {
  assert(size > 0, `a sample has a size, got ${size}`);
  assert(goal > 0, `a half-width asked for is positive, got ${goal}`);
  return lookAt(size, halfWidth / goal, leastSize);
}

/** @param wide how many times as wide as it may be the interval is */
function lookAt(size: number, wide: number, leastSize: number): Pick<Precision, "reached" | "next"> {
  if (wide <= 1 && size >= leastSize) return { reached: true, next: size };
  const wanted = Math.max(MARGIN * wide ** 2, leastSize / size);
  return { reached: false, next: Math.ceil(size * Math.min(MOST_GROWTH, Math.max(LEAST_GROWTH, wanted))) };
}
