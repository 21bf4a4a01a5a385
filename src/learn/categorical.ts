import { FailureError } from "../kit/errors.js";
import { expOfNegative } from "../kit/exp-of-negative.js";

/**
 * The distribution over a decision's candidates: softmax of the logits at [from, to), masked ones (-Infinity) at 0.
 * Writes probabilities to `p` at the same places.
 * @returns log of the sum of exponentials, so that log p_i = logit_i - it
 * @throws {FailureError} SCORES_NOT_FINITE
 */
export function softmax(logits: Float32Array, from: number, to: number, p: Float64Array): number {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i++) if (logits[i]! > top) top = logits[i]!;
  let sum = 0;
  for (let i = from; i < to; i++) sum += p[i] = expOfNegative(logits[i]! - top);
  // The greatest alone gives 1: less, or no number, comes of logits that are none.
  if (!(sum >= 1)) throw scoresNotFinite();
  for (let i = from; i < to; i++) p[i]! /= sum;
  return top + Math.log(sum);
}

/** The index at which a uniform number falls among probabilities p[from .. to); never one of probability 0. */
export function pick(p: Float64Array, from: number, to: number, u: number): number {
  let left = u;
  let last = from;
  for (let i = from; i < to; i++) {
    if (p[i]! === 0) continue;
    last = i;
    left -= p[i]!;
    if (left < 0) return i;
  }
  return last;
}

/** A network whose weights have left all bounds scores candidates by what is no number. */
export function scoresNotFinite(): FailureError {
  return new FailureError("SCORES_NOT_FINITE", {
    what: "the network's scores are no longer numbers",
    mend: "lower the learning rate",
  });
}
