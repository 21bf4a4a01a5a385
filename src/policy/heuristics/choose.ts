import type { UniformSource } from "../../kit/random.js";
import type { DecisionView } from "../../model/decision-view.js";

/** A figure of a candidate; less is better. */
export type Score = (view: DecisionView, candidate: number) => number;

/** The allowed candidate with the least score; equals are drawn for uniformly, or the first wins where `ties` is null. */
export function least(view: DecisionView, score: Score, ties: UniformSource | null): number {
  let best = -1;
  let bestScore = Number.POSITIVE_INFINITY;
  let equals = 0;
  for (let i = 0; i < view.count; i++) {
    if (!view.allowed(i)) continue;
    const s = score(view, i);
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

/** A uniformly drawn allowed candidate. */
export function anyAllowed(view: DecisionView, uniform: UniformSource): number {
  return least(view, () => 0, uniform);
}
