import type { Environment } from "../environment.js";

/** An environment whose best play is known: what a learner is held to. */
export interface SolvedEnvironment extends Environment {
  /**
   * What is best in the situation last observed, where a cost weighs 1 / e after `horizon` seconds. Not after an end.
   */
  solution(horizon: number): Solution;
}

export interface Solution {
  /** The candidates that are best, one or more. */
  readonly best: readonly number[];
  /** What the future is worth from here on under best play, in expectation. */
  readonly value: number;
}
