import { assert } from "../../kit/assert.js";
import { normalCdf, normalDensity } from "../../kit/normal.js";
import { simpson } from "../../kit/simpson.js";

/** P(range of `groups` independent standard normals <= q): the studentized range with the spread known (infinite df). */
export function studentizedRangeCdf(q: number, groups: number): number {
  assert(Number.isInteger(groups) && groups >= 2, `a range is of two or more, got ${groups}`);
  if (q <= 0) return 0;
  // The largest lies at z, the others within q below it.
  const f = (z: number) => normalDensity(z) * (normalCdf(z) - normalCdf(z - q)) ** (groups - 1);
  return Math.min(1, groups * simpson(f, -9, 9, 600));
}

/** The q with P(range <= q) = p, by bisection; 1e-10 exact. */
export function studentizedRangeQuantile(p: number, groups: number): number {
  assert(p > 0 && p < 1, `a probability lies between 0 and 1, got ${p}`);
  let [low, high] = [0, 40];
  while (high - low > 1e-10) {
    const middle = (low + high) / 2;
    if (studentizedRangeCdf(middle, groups) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
