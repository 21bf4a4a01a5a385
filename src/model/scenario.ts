import type { Distribution } from "../kit/distribution.js";
import type { Arrivals } from "./arrivals.js";

export type { Arrivals, BatchSize } from "./arrivals.js";

/**
 * The nouns of an experiment, checked and resolved: names are indices, units are gone (seconds, money), defaults are
 * filled in. `parseScenario` makes it from unknown input; nothing below has to check it again.
 */
export interface Scenario {
  readonly name: string;
  /** Seconds of virtual time simulated. */
  readonly horizon: number;
  /** Seconds at the start that are simulated but not measured. */
  readonly warmup: number;
  readonly pools: readonly Pool[];
  readonly workflows: readonly WorkflowTemplate[];
  readonly objective: Objective;
  /** Decision points at which the policy is asked; at all others the engine takes its default. */
  readonly decide: readonly DecisionKind[];
  /** Whether a policy sees the work that a task will take (`known`), or only the mean of its distribution (`expected`). */
  readonly sizes: "known" | "expected";
  /** A recorded workload that is replayed besides the templates' own arrivals. */
  readonly trace?: TraceReplay;
}

export const DECISION_KINDS = ["route", "dispatch"] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

export interface Pool {
  readonly name: string;
  /** `UNLIMITED` for a pool where nobody ever waits. */
  readonly servers: number;
  /** Tasks that may be here at once, running or waiting; an attempt that finds it full is rejected. Infinity by default. */
  readonly capacity: number;
  /** A task with work w takes w / speed seconds here. */
  readonly speed: number;
  /** Money per second that a server is busy. */
  readonly price: number;
  /** Probability that an attempt fails here; it is found out at the end of the attempt. */
  readonly attemptFailure: number;
  /** Order of service where the policy is not asked to dispatch. */
  readonly discipline: Discipline;
}

/** Servers of a pool that is a pure delay. */
export const UNLIMITED = 2 ** 31 - 1;

/**
 * Orders of service. Sizes are as far as known (see `Scenario.sizes`). The preemptive ones resume where they were stopped.
 */
export const DISCIPLINES = {
  fifo: "first in, first out",
  lifo: "last in, first out, without preemption",
  sjf: "shortest job first, without preemption",
  priority: "largest workflow priority first, without preemption; first in, first out within one",
  "priority-preemptive": "the same, preemptive",
  srpt: "shortest remaining processing time, preemptive",
  psjf: "shortest original size first, preemptive",
  ps: "processor sharing: all tasks run at once and share the servers equally",
} as const;
export type Discipline = keyof typeof DISCIPLINES;
export const DISCIPLINE_NAMES = Object.keys(DISCIPLINES) as readonly Discipline[];

export interface WorkflowTemplate {
  readonly name: string;
  /** How instances arrive; absent where only a trace brings them. */
  readonly arrivals?: Arrivals;
  /** Seconds from submission; Infinity where there is none. Missing it costs, but does not stop the workflow. */
  readonly deadline: number;
  readonly priority: number;
  readonly tasks: readonly TaskTemplate[];
}

export interface TaskTemplate {
  readonly name: string;
  readonly type: string;
  /** Indices of the parents in `tasks`, all smaller than the task's own (tasks are in topological order). */
  readonly after: readonly number[];
  /** How many parents must have succeeded before the task is ready: `after.length` (all), 1 (any) or k. */
  readonly join: number;
  /** Seconds at speed 1. */
  readonly work: Distribution;
  /** Indices of the pools that may run it; never empty. */
  readonly pools: readonly number[];
  /** Probability that an attempt fails by the task's own doing, wherever it runs. */
  readonly attemptFailure: number;
  readonly retry: Retry;
  /**
   * Start-to-close timeout of an attempt, seconds; Infinity where there is none. A timed-out attempt counts as failed.
   * Where a pool is preemptive, the time for which an attempt is held does not count.
   */
  readonly timeout: number;
  /** Patience: schedule-to-start timeout of an attempt, drawn anew each time; a task that runs out of it fails for good. */
  readonly scheduleToStart?: Distribution;
}

/** Attempts where there is no bound: more than any run makes. */
export const UNBOUNDED_ATTEMPTS = 2 ** 15 - 1;

export interface Retry {
  /** Attempts in all, at least 1; at most `UNBOUNDED_ATTEMPTS`. */
  readonly attempts: number;
  /** Mean delay before retry n (n = 1, 2, ...): min(cap, first * factor^(n-1)) seconds. */
  readonly backoff: {
    readonly first: number;
    readonly factor: number;
    readonly cap: number;
    readonly jitter: number;
    /** In place of the above: every delay is drawn from this. */
    readonly draw?: Distribution;
  };
  /** Whether a retry draws its work anew (a remote call) or repeats it (a fixed job). */
  readonly work: "fresh" | "same";
}

export interface TraceReplay {
  /** Path of the Arrow file, resolved against the scenario's folder. */
  readonly path: string;
  /** Recorded times are multiplied by this (0.5: twice the load). */
  readonly timeScale: number;
  /** Recorded work is multiplied by this. */
  readonly workScale: number;
  /** How many times the trace is played, one after another; 1 by default. */
  readonly repeat: number;
  /** Pools that may run the trace's tasks: indices; all by default. */
  readonly pools: readonly number[];
  readonly attemptFailure: number;
  readonly retry: Retry;
  /** Deadline for workflows that record none: seconds from submission, Infinity by default. */
  readonly deadline: number;
}

/** What a run costs: `weights[metric] * metric`, summed. All metrics are totals over the measured time. */
export interface Objective {
  /** As written, e.g. `flowTime + 5 * deadlineMisses + 0.2 * cost`. */
  readonly expression: string;
  /** Coefficient of every metric, 0 where it does not appear. */
  readonly weights: Readonly<Record<Metric, number>>;
}

/** Documented metrics an objective may use. Results divide each by the number of workflows submitted while measured. */
export const METRICS = {
  flowTime: "workflow-seconds in system: the integral of the number of workflows in the system",
  waiting: "task-seconds waiting: the integral of the number of tasks that are ready but not running",
  cost: "money: each pool's price times the integral of its busy servers",
  deadlineMisses: "workflows that did not succeed by their deadline",
  tardiness: "seconds by which workflows ended after their deadline, summed",
  failures: "workflows that failed: a task of theirs ran out of attempts",
  attemptFailures: "attempts that failed or timed out",
  rejections: "attempts that found a pool full",
  abandonments: "tasks that ran out of patience before they started",
} as const;
export type Metric = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as readonly Metric[];
