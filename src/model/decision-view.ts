import type { DecisionKind } from "./scenario.js";

/**
 * What a policy sees at a decision point. A candidate is a pair (task, pool): at `route` the task is the same in all
 * candidates and the pools differ; at `dispatch` a server of one pool is free and the waiting tasks differ, longest
 * waiting first. Handles of tasks and pools are valid until the decision is made. The view is reused: keep nothing of it.
 */
export interface DecisionView {
  readonly kind: DecisionKind;
  /** Virtual seconds since the run began. */
  readonly time: number;
  /** Number of this decision in the run, from 0. */
  readonly serial: number;
  /** Candidates, at least 2: where there is no choice, nobody is asked. */
  readonly count: number;
  /** False for a candidate that must not be taken. At least one is allowed. */
  allowed(candidate: number): boolean;
  task(candidate: number): number;
  pool(candidate: number): number;
  readonly tasks: TaskFigures;
  readonly pools: PoolFigures;
  /** Workflows in the system. */
  readonly workflowsInSystem: number;
  /** Typical task work of the scenario, seconds: the unit in which features measure time. */
  readonly timeScale: number;
}

/** Figures of tasks, by handle. */
export interface TaskFigures {
  /** Work as far as known, seconds at speed 1: drawn, or the mean of its distribution (see `Scenario.sizes`). */
  size(task: number): number;
  type(task: number): string;
  /** Attempts begun so far. */
  attempts(task: number): number;
  /** Attempts allowed in all. */
  attemptsAllowed(task: number): number;
  /** When the task last became ready, seconds. */
  readyAt(task: number): number;
  /** When its workflow was submitted. */
  submittedAt(task: number): number;
  /** When its workflow is due; Infinity where there is no deadline. */
  dueAt(task: number): number;
  /** Mean work on the longest path from the task (included) to an end of its workflow, seconds at speed 1. */
  upwardRank(task: number): number;
  priority(task: number): number;
  /** Probability that an attempt of the task at the pool fails. */
  failureProbability(task: number, pool: number): number;
}

/** Figures of pools, by handle 0 .. count-1. */
export interface PoolFigures {
  readonly count: number;
  name(pool: number): string;
  servers(pool: number): number;
  running(pool: number): number;
  /** Tasks queued at the pool and not running. */
  waiting(pool: number): number;
  speed(pool: number): number;
  /** Money per busy server and second. */
  price(pool: number): number;
  /** Work queued plus expected remaining work of what runs, seconds at speed 1; never negative. */
  backlog(pool: number): number;
}
