/**
 * Probability distributions of positive quantities, as plain data. Parameters are in the unit of the quantity
 * (seconds, for work and gaps). `moments` and `sampler` are in the files of those names.
 */
export type Distribution =
  | { readonly kind: "deterministic"; readonly value: number }
  | { readonly kind: "exponential"; readonly mean: number }
  | { readonly kind: "uniform"; readonly low: number; readonly high: number }
  /** `mean` and coefficient of variation `cv` of the quantity itself, not of its logarithm. */
  | { readonly kind: "lognormal"; readonly mean: number; readonly cv: number }
  | { readonly kind: "gamma"; readonly mean: number; readonly cv: number }
  /** Sum of `stages` exponentials, mean `mean` in all. */
  | { readonly kind: "erlang"; readonly stages: number; readonly mean: number }
  | { readonly kind: "weibull"; readonly shape: number; readonly scale: number }
  /** Pareto with density ~ x^-(alpha+1) on [low, high]; `high` may be Infinity (plain Pareto). */
  | { readonly kind: "pareto"; readonly alpha: number; readonly low: number; readonly high: number }
  /** Exponential with mean `means[i]` with probability `weights[i]` (they sum to 1). */
  | {
      readonly kind: "hyperexponential";
      readonly weights: readonly number[];
      readonly means: readonly number[];
    }
  /** One of `values`, with probability `weights[i]` (uniform where absent). */
  | { readonly kind: "empirical"; readonly values: readonly number[]; readonly weights?: readonly number[] };
