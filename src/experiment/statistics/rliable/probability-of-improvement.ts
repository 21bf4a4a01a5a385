import { assert } from "../../../kit/assert.js";

/**
 * How likely a run of x scores higher than one of y in a scenario drawn at random, ties by half: the Mann-Whitney statistic,
 * averaged over the scenarios (Agarwal et al. 2021, section 4.3). It says how often, not by how much.
 *
 * @param x [scenario][run], and y likewise; numbers of runs may differ
 */
export function probabilityOfImprovement(
  x: readonly (readonly number[])[],
  y: readonly (readonly number[])[],
): number {
  assert(x.length === y.length && x.length > 0, "an improvement is over the same scenarios, one at least");
  let sum = 0;
  for (let s = 0; s < x.length; s++) sum += above(x[s]!, y[s]!);
  return sum / x.length;
}

/** P(X > Y) + P(X = Y) / 2 over all pairs, by merging: two sorts instead of n m comparisons. */
function above(x: readonly number[], y: readonly number[]): number {
  const sorted = Float64Array.from(y).sort();
  let [below, notAbove, twice] = [0, 0, 0];
  for (const value of Float64Array.from(x).sort()) {
    while (below < sorted.length && sorted[below]! < value) below++;
    while (notAbove < sorted.length && sorted[notAbove]! <= value) notAbove++;
    twice += below + notAbove;
  }
  return twice / (2 * x.length * y.length);
}
