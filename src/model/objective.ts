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
