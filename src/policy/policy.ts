import type { DecisionView } from "../model/decision-view.js";
import type { DecisionKind } from "../model/scenario.js";
import type { ScoreSense } from "../model/score-sense.js";

/** Picks a candidate at a decision point. Heuristic, learned or guarded hybrid: all the same to whoever asks. */
export interface Policy {
  /** Unique and readable, with its knobs: `power-of-d(d=2)`. */
  readonly name: string;
  /** The kinds of decision that it makes. */
  readonly kinds: readonly DecisionKind[];
  /** Called before a run: forget the last one, seed your own randomness. */
  reset(seed: number): void;
  /** The chosen candidate: an index below `view.count` that is allowed. Must not keep the view. */
  decide(view: DecisionView): number;
  /** Probability with which it answers a decision so: what off-policy evaluation needs. Absent where it does not tell. */
  propensity?(view: DecisionView, candidate: number): number;
  /**
   * Why it answered so: asked right after `decide`, about the same view, and changing nothing.
   * @param scores receives its score of each candidate, NaN where it gave none; in the unit in which it compares
   * @returns what the scores mean; null where it has none for this decision
   */
  scores?(view: DecisionView, scores: Float64Array): ScoreSense | null;
  /** State as plain JSON, for snapshots of a run; absent where there is none. */
  save?(): unknown;
  load?(state: unknown): void;
}
