import { mapped } from "../kit/mapped.js";
import { evaluate, type Formula } from "./formula.js";

/**
 * What a run costs: an expression over its figures for each workflow submitted. Figures are totals over the measured
 * time, divided by the workflows submitted in it; those of `WHOLE_RUN_METRICS` are what they are.
 */
export interface Objective {
  /** As written, e.g. `flowTime + 5 * deadlineMisses + 0.2 * cost`. */
  readonly expression: string;
  /** What the expression reads, each once. */
  readonly figures: readonly Figure[];
  /** The weight of each figure, where the expression is a weighted sum; null elsewhere. */
  readonly weights: readonly number[] | null;
  /** The expression over the figures, where it is no weighted sum; null elsewhere. */
  readonly formula: Formula | null;
}

/** A metric, of everything or of one workflow, pool or task type. */
export interface Figure {
  readonly metric: AnyMetric;
  /** Name of the workflow, pool or type; absent for everything. */
  readonly of?: string;
}

/** Documented metrics: totals over the measured time. Results give all of them for each workflow submitted in it. */
export const METRICS = {
  flowTime: "workflow-seconds in system: the integral of the number of workflows in the system",
  squaredFlowTime:
    "the integral of the square of each workflow's number in the system, summed over the workflows",
  waiting: "task-seconds waiting: the integral of the number of tasks that are ready but not running",
  cost: "money: prices times the time of servers busy, idle and being set up; starts of servers; transfers",
  energy: "joules: the power of servers busy and idle, integrated",
  busyTime: "server-seconds busy",
  idleTime: "server-seconds on but not busy; pools without bound have none",
  onTime: "server-seconds on; in pools without bound, busy",
  setupTime: "server-seconds being set up",
  starts: "servers started",
  attempts: "attempts begun",
  deadlineMisses: "workflows that did not succeed by their deadline",
  tardiness: "seconds by which workflows ended after their deadline, summed",
  succeeded: "workflows that succeeded",
  failures: "workflows that failed: a task of theirs ran out of attempts",
  timeouts: "workflows cancelled because their time was over",
  denials: "workflows that were not admitted",
  attemptFailures: "attempts that failed or timed out",
  rejections: "attempts that found a pool full",
  abandonments: "tasks that ran out of patience before they started",
  retries: "further attempts after one that failed",
  hedges: "attempts found late, which might have a second copy",
  duplicates: "second copies begun",
  interruptions: "attempts that lost their server",
  compensations: "failed workflows that undid what had succeeded",
  transferredBytes: "bytes fetched from other pools",
  cacheHits: "cache blocks found",
  cacheLookups: "cache blocks asked for",
} as const;
export type Metric = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as readonly Metric[];

/** Further totals, which are always of one type or pool. */
export const STATION_METRICS = {
  inSystem: "the integral of the number of tasks of a type that wait or run",
  squaredInSystem: "the integral of the square of that number",
  inPool: "the integral of the number of tasks queued at a pool or running there",
} as const;
export type StationMetric = keyof typeof STATION_METRICS;

/** What can only be said of a whole run: an objective that reads one has no running cost to learn from. */
export const WHOLE_RUN_METRICS = {
  utilisation: "share of the servers' time on in which they were busy",
  fairness: "Jain's index of the workflows' slowdowns, from 1 / workflows to 1",
  p50: "median flow time, seconds",
  p90: "90 % quantile of flow time, seconds",
  p95: "95 % quantile of flow time, seconds",
  p99: "99 % quantile of flow time, seconds",
} as const;
export type WholeRunMetric = keyof typeof WHOLE_RUN_METRICS;

export type ChargedMetric = Metric | StationMetric;
export type AnyMetric = ChargedMetric | WholeRunMetric;
export const ANY_METRIC: Readonly<Record<AnyMetric, string>> = {
  ...METRICS,
  ...STATION_METRICS,
  ...WHOLE_RUN_METRICS,
};

/** What a metric may be asked of, besides everything: `flowTime("gold")`, `attempts("gpu")`, `inSystem("resize")`. */
export type Scope = "workflow" | "pool" | "type";
export const SCOPES: Readonly<Partial<Record<AnyMetric, Scope>>> = {
  flowTime: "workflow",
  squaredFlowTime: "workflow",
  succeeded: "workflow",
  failures: "workflow",
  deadlineMisses: "workflow",
  denials: "workflow",
  p50: "workflow",
  p90: "workflow",
  p95: "workflow",
  p99: "workflow",
  attempts: "pool",
  busyTime: "pool",
  idleTime: "pool",
  onTime: "pool",
  setupTime: "pool",
  starts: "pool",
  utilisation: "pool",
  inPool: "pool",
  inSystem: "type",
  squaredInSystem: "type",
};

export const isWholeRun = (metric: AnyMetric): metric is WholeRunMetric => metric in WHOLE_RUN_METRICS;

/** Whether the objective can be charged as it accrues, which is what rewards are made of. */
export const hasRunningCost = ({ figures }: Objective): boolean =>
  figures.every(({ metric }) => !isWholeRun(metric));

/** Whether it needs the tasks of each type counted. */
export const readsTypes = ({ figures }: Objective): boolean =>
  figures.some(({ metric }) => SCOPES[metric] === "type");

/** Whether it needs the books of pools, which are brought up to date only when they are asked for. */
export const readsPools = ({ figures }: Objective): boolean =>
  figures.some(({ metric }) => SCOPES[metric] === "pool");

/** A figure as it is written in an expression. */
export const figureName = ({ metric, of }: Figure): string =>
  of === undefined ? metric : `${metric}(${JSON.stringify(of)})`;

/** A weighted sum of metrics, each of everything. */
export function linearObjective(weights: Readonly<Partial<Record<AnyMetric, number>>>): Objective {
  const terms = Object.entries(weights) as [AnyMetric, number][];
  return {
    expression: terms.map(([name, weight]) => (weight === 1 ? name : `${weight} * ${name}`)).join(" + "),
    figures: terms.map(([metric]) => ({ metric })),
    weights: terms.map(([, weight]) => weight),
    formula: null,
  };
}

/** Figures told by number: each workflow's source, each pool, each type has one. -1 for everything. */
export interface Place {
  readonly metric: AnyMetric;
  readonly of: number;
}

/** An objective whose names have been looked up. */
export interface PlacedObjective extends Pick<Objective, "expression" | "weights" | "formula"> {
  readonly places: readonly Place[];
}

/** Looks the names of an objective up. */
export function placed(
  objective: Objective,
  number: Readonly<Record<Scope, (name: string) => number>>,
): PlacedObjective {
  const { expression, weights, formula, figures } = objective;
  const places = mapped(figures, ({ metric, of }) => ({
    metric,
    of: of === undefined ? -1 : number[SCOPES[metric]!](of),
  }));
  return { expression, weights, formula, places };
}

/** The objective's value over its figures, in their order. */
export function objectiveValue(
  { weights, formula }: Pick<Objective, "weights" | "formula">,
  figures: ArrayLike<number>,
): number {
  if (formula !== null) return evaluate(formula, figures);
  let value = 0;
  for (let i = 0; i < weights!.length; i++) value += weights![i]! * figures[i]!;
  return value;
}
