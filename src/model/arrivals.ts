import type { Distribution } from "../kit/distribution.js";

/** How workflows arrive. Times are absolute seconds of the run, rates per second. */
export type Arrivals =
  /** Independent exponential gaps, `rate` per second. */
  | { readonly kind: "poisson"; readonly rate: number }
  /** Independent gaps of any distribution. */
  | { readonly kind: "renewal"; readonly gap: Distribution }
  /** Batches come in a Poisson stream, `rate` batches per second; their members come together. */
  | { readonly kind: "batch"; readonly rate: number; readonly size: BatchSize }
  /**
   * Markov-modulated Poisson: rate `rates[k]` in phase k, which is left for the next (the first after the last) at rate
   * `leave[k]`, both per second. Begins in a phase drawn from the stationary law.
   */
  | { readonly kind: "mmpp"; readonly rates: readonly number[]; readonly leave: readonly number[] }
  /** Poisson with rate mean * (1 + amplitude * sin(2 pi (t + shift) / period)), amplitude in [0, 1]. */
  | {
      readonly kind: "diurnal";
      readonly mean: number;
      readonly amplitude: number;
      readonly period: number;
      readonly shift: number;
    }
  /** Poisson at `rate` while on, nothing while off; begins on. */
  | { readonly kind: "onOff"; readonly rate: number; readonly on: Distribution; readonly off: Distribution }
  /**
   * Hawkes: each arrival raises the rate by branching / decay, which fades over `decay` seconds; `branching` below 1 is
   * the mean number of arrivals that one brings about. The mean rate is base / (1 - branching).
   */
  | { readonly kind: "hawkes"; readonly base: number; readonly branching: number; readonly decay: number };

/** How many come together: always the same, 1, 2, ... with P(k) = p (1 - p)^(k - 1), or k with probability shares[k - 1]. */
export type BatchSize =
  | { readonly kind: "fixed"; readonly size: number }
  | { readonly kind: "geometric"; readonly p: number }
  | { readonly kind: "shares"; readonly shares: readonly number[] };
