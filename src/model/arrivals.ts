import type { Distribution } from "../kit/distribution.js";

/** How instances of a workflow arrive. Times are seconds of the run, rates per second. */
export type Arrivals = OpenArrivals | ClosedArrivals;

/** Arrivals that come whatever becomes of those before them. */
export type OpenArrivals = SingleArrivals | BatchArrivals;

/** A fixed number of users: each thinks, submits a workflow, waits until it has ended (however it ends), and thinks again. */
export interface ClosedArrivals {
  readonly kind: "closed";
  readonly users: number;
  /** Drawn anew before each submission, the first one too. */
  readonly think: Distribution;
  /** Seconds over which the users join, evenly; 0: all at the start. */
  readonly ramp: number;
}

/** Several come together: batches come in a Poisson stream, `rate` batches per second, or as any process has it. */
export type BatchArrivals =
  | { readonly kind: "batch"; readonly rate: number; readonly size: BatchSize }
  | { readonly kind: "batch"; readonly of: SingleArrivals; readonly size: BatchSize };

/** How many come together: always the same, 1, 2, ... with P(k) = p (1 - p)^(k - 1), or k with probability shares[k - 1]. */
export type BatchSize =
  | { readonly kind: "fixed"; readonly size: number }
  | { readonly kind: "geometric"; readonly p: number }
  | { readonly kind: "shares"; readonly shares: readonly number[] };

export type SingleArrivals =
  /** Independent exponential gaps, `rate` per second. */
  | { readonly kind: "poisson"; readonly rate: number }
  /** Independent gaps of any distribution. */
  | { readonly kind: "renewal"; readonly gap: Distribution }
  /**
   * Markov-modulated Poisson: rate `rates[k]` in phase k, which is left for the next (the first after the last) at rate
   * `leave[k]`, both per second. Begins in a phase drawn from the stationary law. Policies see the phase where it is `observed`.
   */
  | {
      readonly kind: "mmpp";
      readonly rates: readonly number[];
      readonly leave: readonly number[];
      readonly observed?: true;
    }
  /** The same, where phase k is left for phase l at rate `switching[k][l]`; 0 on the diagonal, irreducible. */
  | {
      readonly kind: "mmpp";
      readonly rates: readonly number[];
      readonly switching: SwitchingRates;
      readonly observed?: true;
    }
  /** Poisson with rate mean * (1 + amplitude * sin(2 pi (t + shift) / period)), amplitude in [0, 1]. */
  | {
      readonly kind: "diurnal";
      readonly mean: number;
      readonly amplitude: number;
      readonly period: number;
      readonly shift: number;
    }
  /** Poisson with rate `rates[k]` for `lengths[k]` seconds, one after another; then from the start again, or nothing more. */
  | {
      readonly kind: "piecewise";
      readonly rates: readonly number[];
      readonly lengths: readonly number[];
      readonly repeat: boolean;
    }
  /**
   * Poisson at rate `base` until `at`, rising evenly to `peak` times that over `rise` seconds, and then falling back:
   * what is above `base` fades by a factor e every `decay` seconds.
   */
  | {
      readonly kind: "flashCrowd";
      readonly base: number;
      readonly at: number;
      readonly rise: number;
      readonly peak: number;
      readonly decay: number;
    }
  /** Poisson at `rate` while on, nothing while off; begins on. */
  | { readonly kind: "onOff"; readonly rate: number; readonly on: Distribution; readonly off: Distribution }
  /**
   * Hawkes: each arrival raises the rate by branching / decay, which fades over `decay` seconds; `branching` below 1 is
   * the mean number of arrivals that one brings about. The mean rate is base / (1 - branching).
   */
  | { readonly kind: "hawkes"; readonly base: number; readonly branching: number; readonly decay: number };

/** [from][to], per second. */
export type SwitchingRates = readonly (readonly number[])[];
