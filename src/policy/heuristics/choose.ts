import type { UniformSource } from "../../kit/random.js";
import { type DecisionView, START, WAIT } from "../../model/decision-view.js";

/** A figure of a candidate; less is better. NaN is worse than all. */
export type Score = (view: DecisionView, candidate: number) => number;

/** The allowed candidate with the least score; equals are drawn for uniformly, or the first wins where `ties` is null. */
export function least(view: DecisionView, score: Score, ties: UniformSource | null): number {
  let best = -1;
  let bestScore = Number.POSITIVE_INFINITY;
  let equals = 0;
  for (let i = 0; i < view.count; i++) {
    if (!view.allowed(i)) continue;
    const s = worstIfNaN(score(view, i));
    if (best < 0 || s < bestScore) {
      best = i;
      bestScore = s;
      equals = 1;
    } else if (s === bestScore && ties !== null && ties.next() * ++equals < 1) {
      // Reservoir sampling: the k-th of k equals takes over with probability 1 / k.
      best = i;
    }
  }
  return best;
}

/** Writes the score of each candidate that is allowed and counts; NaN for the others. */
export function writeScores(
  view: DecisionView,
  scores: Float64Array,
  score: Score,
  counts: (view: DecisionView, candidate: number) => boolean = () => true,
): void {
  for (let i = 0; i < view.count; i++) {
    scores[i] = view.allowed(i) && counts(view, i) ? score(view, i) : Number.NaN;
  }
}

/** Turns weights of candidates into the probabilities with which one is drawn by them; equal ones where none has weight. */
export function writeShares(view: DecisionView, scores: Float64Array, weight: Score): void {
  writeScores(view, scores, weight);
  let [total, allowed] = [0, 0];
  for (let i = 0; i < view.count; i++) {
    if (Number.isNaN(scores[i]!)) continue;
    total += scores[i]!;
    allowed++;
  }
  for (let i = 0; i < view.count; i++) {
    if (!Number.isNaN(scores[i]!)) scores[i] = total > 0 ? scores[i]! / total : 1 / allowed;
  }
}

const worstIfNaN = (score: number): number => (Number.isNaN(score) ? Number.POSITIVE_INFINITY : score);

/**
 * The same by several scores: the second counts among equals in the first, and so on.
 * @param best room for a number a score
 */
export function leastInTurn(
  view: DecisionView,
  scores: readonly Score[],
  ties: UniformSource | null,
  best: Float64Array,
): number {
  let chosen = -1;
  let equals = 0;
  for (let i = 0; i < view.count; i++) {
    if (!view.allowed(i)) continue;
    let [better, worse] = [chosen < 0, false];
    for (let k = 0; k < scores.length && !worse; k++) {
      const s = worstIfNaN(scores[k]!(view, i));
      if (!better && s < best[k]!) better = true;
      if (better) best[k] = s;
      else worse = s > best[k]!;
    }
    if (better) {
      chosen = i;
      equals = 1;
    } else if (!worse && ties !== null && ties.next() * ++equals < 1) chosen = i;
  }
  return chosen;
}

/** A uniformly drawn allowed candidate. */
export function anyAllowed(view: DecisionView, uniform: UniformSource): number {
  return least(view, () => 0, uniform);
}

/** Of several options the first that an allowed candidate has; where none does, the first allowed candidate. */
export function firstOption(view: DecisionView, options: readonly number[]): number {
  for (const option of options) {
    for (let i = 0; i < view.count; i++) if (view.option(i) === option && view.allowed(i)) return i;
  }
  for (let i = 0; i < view.count; i++) if (view.allowed(i)) return i;
  return -1;
}

/**
 * The allowed START of a `dispatch` with the least score, of equal ones that with the least second score, then the first.
 * Where nothing can be started it waits.
 */
export function leastStart(view: DecisionView, score: Score, second: Score): number {
  let best = -1;
  let [bestScore, bestSecond] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i < view.count; i++) {
    if (view.option(i) !== START || !view.allowed(i)) continue;
    const s = worstIfNaN(score(view, i));
    if (best >= 0 && !(s <= bestScore)) continue;
    const t = second(view, i);
    if (best < 0 || s < bestScore || t < bestSecond) {
      best = i;
      bestScore = s;
      bestSecond = t;
    }
  }
  return best >= 0 ? best : firstOption(view, [WAIT]);
}
