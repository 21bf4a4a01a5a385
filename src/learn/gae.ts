import { assert } from "../kit/assert.js";

/** One environment's steps in order; all columns of length T. */
export interface Trajectory {
  readonly rewards: Float64Array;
  /** Discount over each step: exp(-beta * elapsed). */
  readonly discounts: Float64Array;
  /** V of the state in which each decision was made. */
  readonly values: Float64Array;
  /** V of the true successor, also where the episode was cut; not read where it terminated. */
  readonly nextValues: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /**
   * Where between a decision and the next one the system began anew. Values are then relative to such a beginning, whose own is 0: it
   * ends what a decision is answered for. Absent: nowhere.
   */
  readonly regenerated?: Uint8Array;
}

/**
 * Generalised advantage estimates: Schulman et al. 2016 (arXiv:1506.02438), eq. 16, with a discount for each step so
 * that time between decisions counts (a semi-Markov process: Bradtke and Duff 1994). With lambda 1 and regenerations these are the
 * regenerative estimates of Dai and Gluzman 2022, section 4.2, less the values.
 * @param out [T], in units of the rewards
 */
export function advantages(
  t: Trajectory,
  lambda: number,
  out: Float64Array = new Float64Array(t.rewards.length),
): Float64Array {
  const length = t.rewards.length;
  const { terminated, truncated, regenerated } = t;
  for (const column of [t.discounts, t.values, t.nextValues, terminated, truncated, regenerated, out]) {
    assert(column === undefined || column.length === length, "the columns of a trajectory differ in length");
  }
  for (let i = length - 1; i >= 0; i--) {
    // An episode that ended has no future; one that was cut has one, but its advantages are not ours to carry.
    const isOver = terminated[i] || regenerated?.[i];
    const future = isOver ? 0 : t.nextValues[i]!;
    const carried = isOver || truncated[i] ? 0 : (out[i + 1] ?? 0);
    const discount = t.discounts[i]!;
    out[i] = t.rewards[i]! + discount * future - t.values[i]! + discount * lambda * carried;
  }
  return out;
}
