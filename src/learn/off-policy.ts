import { assert } from "../kit/assert.js";

/** Logged decisions of a policy, and what another would have done in them. All columns of length n. */
export interface LoggedDecisions {
  readonly rewards: ArrayLike<number>;
  /** Probability with which the policy that was logged took what it took; positive. */
  readonly logged: ArrayLike<number>;
  /** Probability with which the policy that is evaluated would have taken it. */
  readonly evaluated: ArrayLike<number>;
}

/** What a model of rewards says, for the estimators that use one. */
export interface ModelledDecisions extends LoggedDecisions {
  /** Predicted reward of what was taken. */
  readonly predicted: ArrayLike<number>;
  /** Predicted reward of the policy that is evaluated: the sum over candidates of probability x prediction. */
  readonly expected: ArrayLike<number>;
}

type Estimator<Log> = (log: Log) => number;

/**
 * What a policy would have earned a decision, from the log of another: off-policy estimators, named as in the Open Bandit
 * Pipeline (Saito et al. 2021, arXiv:2008.07146), whose figures they are held to.
 */

/** Inverse propensity scores (Horvitz and Thompson 1952); weights above `clip` are cut to it. */
export const inversePropensity =
  (clip = Number.POSITIVE_INFINITY): Estimator<LoggedDecisions> =>
  (log) =>
    meanOf(log, (i) => Math.min(weight(log, i), clip) * log.rewards[i]!);

/** Self-normalised: over the mean weight (Swaminathan and Joachims 2015). */
export const selfNormalised: Estimator<LoggedDecisions> = (log) =>
  meanOf(log, (i) => weight(log, i) * log.rewards[i]!) / meanOf(log, (i) => weight(log, i));

/** The direct method: what the model says. */
export const directMethod: Estimator<ModelledDecisions> = (log) => meanOf(log, (i) => log.expected[i]!);

/** Doubly robust (Dudik, Langford and Li 2011): the model, and the weighted residuals of the log. */
export const doublyRobust: Estimator<ModelledDecisions> = (log) =>
  directMethod(log) + meanOf(log, (i) => weight(log, i) * residual(log, i));

/** Doubly robust, its residuals self-normalised. */
export const selfNormalisedDoublyRobust: Estimator<ModelledDecisions> = (log) =>
  directMethod(log) +
  meanOf(log, (i) => weight(log, i) * residual(log, i)) / meanOf(log, (i) => weight(log, i));

/** Switch-DR (Wang, Agarwal and Dudik 2017): residuals only where the weight is at most `tau`. */
export const switchDoublyRobust =
  (tau: number): Estimator<ModelledDecisions> =>
  (log) =>
    directMethod(log) + meanOf(log, (i) => (weight(log, i) <= tau ? weight(log, i) * residual(log, i) : 0));

/** Doubly robust with optimistic shrinkage (Su et al. 2020): weights lambda w / (w^2 + lambda). */
export const shrunkDoublyRobust =
  (lambda: number): Estimator<ModelledDecisions> =>
  (log) =>
    directMethod(log) +
    meanOf(log, (i) => ((lambda * weight(log, i)) / (weight(log, i) ** 2 + lambda)) * residual(log, i));

/** Kish's effective sample size: (sum of w)^2 / sum of w^2. */
export function effectiveSampleSize(log: LoggedDecisions): number {
  const n = log.rewards.length;
  return (n * meanOf(log, (i) => weight(log, i)) ** 2) / meanOf(log, (i) => weight(log, i) ** 2);
}

const weight = (log: LoggedDecisions, i: number): number => log.evaluated[i]! / log.logged[i]!;
const residual = (log: ModelledDecisions, i: number): number => log.rewards[i]! - log.predicted[i]!;

function meanOf({ rewards, logged, evaluated }: LoggedDecisions, of: (i: number) => number): number {
  const n = rewards.length;
  assert(
    n > 0 && logged.length === n && evaluated.length === n,
    "columns of logged decisions differ in length",
  );
  let sum = 0;
  for (let i = 0; i < n; i++) {
    assert(logged[i]! > 0, `what was taken at ${i} had a probability of ${logged[i]}`);
    sum += of(i);
  }
  return sum / n;
}
