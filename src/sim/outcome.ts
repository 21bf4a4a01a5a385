import type { Metric } from "../model/scenario.js";

/** What came of a run, over the time after its warm-up. Plain data; the same bytes for the same scenario, policy and seed. */
export interface Outcome {
  readonly scenario: string;
  readonly seed: number;
  /** Seconds measured: horizon less warm-up. */
  readonly measured: number;
  readonly workflows: {
    readonly submitted: number;
    readonly succeeded: number;
    readonly failed: number;
    /** Not admitted. */
    readonly denied: number;
  };
  /** Each metric's total over the measured time, for each workflow submitted in it. */
  readonly metrics: Readonly<Record<Metric, number>>;
  /**
   * The scenario's objective per workflow submitted: its expression over `metrics` and, where it reads them, the figures
   * of single workflows, pools and types, and those of the whole run. 0 where nothing was submitted.
   */
  readonly objective: number;
  /** Seconds from submission to success, of workflows submitted after the warm-up that ended in time to be seen. */
  readonly flowTime: Figures & { readonly p90: number };
  /** How far a reported quantile may be from the true one, relative to it. */
  readonly relativeError: number;
  /** The same by what brought them: each template with arrivals, and the trace. */
  readonly bySource: readonly {
    readonly name: string;
    readonly submitted: number;
    /** Of those submitted after the warm-up. */
    readonly succeeded: number;
    readonly failed: number;
    readonly denied: number;
    readonly deadlineMisses: number;
    readonly flowTime: Figures;
    /** Mean flow time over the mean work on the longest path, of the same workflows; NaN where there are none. */
    readonly slowdown: number;
    /** Time averages of the number in the system, and of its square. */
    readonly meanInSystem: number;
    readonly meanSquaredInSystem: number;
  }[];
  /** Time averages of the tasks of a type that wait or run, and of its square, where the objective reads them. */
  readonly byType: readonly {
    readonly name: string;
    readonly meanInSystem?: number;
    readonly meanSquaredInSystem?: number;
  }[];
  /** Jain's index of the slowdowns of `bySource`: from 1 / sources to 1, where all are equal. NaN where there are none. */
  readonly fairness: number;
  /** Seconds from ready to start, of attempts started after the warm-up, and the share of them that waited at all. */
  readonly wait: Figures & { readonly share: number };
  readonly pools: readonly {
    readonly name: string;
    /** Share of the servers' time on in which they were busy; 0 where there is no bound to them. */
    readonly utilisation: number;
    /** Time averages of the tasks queued, and of those queued or running. */
    readonly meanWaiting: number;
    readonly meanPresent: number;
    /** Attempts begun, and servers started. */
    readonly attempts: number;
    readonly starts: number;
    /** Server-seconds on (without bound: busy), and being set up. */
    readonly onTime: number;
    readonly setupTime: number;
    /** Money for its servers; joules. */
    readonly cost: number;
    readonly energy: number;
  }[];
  /** The same share of all pools whose servers are bounded. */
  readonly utilisation: number;
  /** Time average of the workflows in the system. */
  readonly meanInSystem: number;
  readonly events: number;
  readonly decisions: number;
  readonly attempts: number;
}

/** Mean and quantiles, seconds; the quantiles within `Outcome.relativeError`. */
export interface Figures {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}
