import type { Metric } from "../model/scenario.js";

/** What came of a run, over the time after its warm-up. Plain data; the same bytes for the same scenario, policy and seed. */
export interface Outcome {
  readonly scenario: string;
  readonly seed: number;
  /** Seconds measured: horizon less warm-up. */
  readonly measured: number;
  readonly workflows: { readonly submitted: number; readonly succeeded: number; readonly failed: number };
  /** Each metric's total over the measured time, for each workflow submitted in it. */
  readonly metrics: Readonly<Record<Metric, number>>;
  /** The scenario's objective per workflow submitted: its weights times `metrics`. */
  readonly objective: number;
  /** Seconds from submission to success, of workflows submitted after the warm-up that ended in time to be seen. */
  readonly flowTime: Figures & { readonly p90: number };
  /** The same by what brought them: each template with arrivals, and the trace. */
  readonly bySource: readonly {
    readonly name: string;
    readonly succeeded: number;
    readonly flowTime: Figures;
  }[];
  /** Seconds from ready to start, of attempts started after the warm-up, and the share of them that waited at all. */
  readonly wait: Figures & { readonly share: number };
  readonly pools: readonly {
    readonly name: string;
    /** Mean share of servers that were busy. */
    readonly utilisation: number;
    /** Time average of the tasks queued. */
    readonly meanWaiting: number;
  }[];
  /** Time average of the workflows in the system. */
  readonly meanInSystem: number;
  readonly events: number;
  readonly decisions: number;
  readonly attempts: number;
}

/** Mean and quantiles, seconds; the quantiles within half a percent. */
export interface Figures {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}
