import type { DecisionKind } from "./scenario.js";

/** What a candidate of a `dispatch` decision does. */
export const START = 0;
/** Starts a second copy of a task that runs elsewhere. */
export const DUPLICATE = 1;
/** Leaves the servers that are still free idle until something changes. */
export const WAIT = 2;

/** Options of an `admit`, a `hedge` and a `retry` decision. */
export const NO = 0;
export const YES = 1;
export const SAME_POOL = 0;
export const OTHER_POOL = 1;
export const GIVE_UP = 2;

/** The handle of a candidate that is of no task, or of no pool. */
export const NONE = -1;

/**
 * What a policy sees at a decision point. A candidate is a task, a pool and an option; which of them differ is the kind's:
 *
 * | kind | task | pool | option |
 * |---|---|---|---|
 * | `admit` | first task of the workflow | NONE | NO, YES |
 * | `route` | the ready task | where it would go | 0 |
 * | `dispatch` | a waiting task (longest waiting first), NONE for WAIT | a pool with a free server, NONE for WAIT | START, DUPLICATE, WAIT |
 * | `branch` | the task | NONE | index of the alternative |
 * | `retry` | the task | the pool of the failed attempt | SAME_POOL, OTHER_POOL, GIVE_UP |
 * | `hedge` | the task | the pool of the attempt that is late | NO, YES |
 * | `scale` | NONE | the pool | the number of servers |
 *
 * Handles of tasks and pools are valid until the decision is made. The view is reused: keep nothing of it.
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
  option(candidate: number): number;
  readonly tasks: TaskFigures;
  readonly pools: PoolFigures;
  /** Workflows in the system; at `admit` without the one that asks. */
  readonly workflowsInSystem: number;
  /**
   * Phase that the modulated arrivals of a source are in, from 0, where the scenario has it observed; NONE elsewhere. Sources
   * are numbered as the workflows that have arrivals stand in the scenario.
   */
  arrivalPhase(source: number): number;
  /** Workflows that come per second in the phases that are observed, of all sources that have one. */
  readonly observedArrivalRate: number;
  /** Typical task work of the scenario, seconds: the unit in which features measure time. */
  readonly timeScale: number;
}

/** Figures of tasks, by handle. */
export interface TaskFigures {
  /** Work as far as known, seconds at speed 1: drawn, or the mean of its distribution (see `Scenario.sizes`). */
  size(task: number): number;
  /** What is left of its size: less than that where an attempt of it has been stopped, and is to go on. */
  remaining(task: number): number;
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
  /** Probability that an attempt of the task that starts at the pool now fails, as far as a policy may know. */
  failureProbability(task: number, pool: number): number;
  /** By how much faster than its speed says the pool does the task: attempts take size / (speed * affinity). 0 where the pool may not run it. */
  affinity(task: number, pool: number): number;
  /** Mean work of an alternative of the task, seconds at speed 1; NaN where it is a workflow of its own. */
  variantSize(task: number, variant: number): number;
  /** `affinity` and `failureProbability`, were the task that alternative; affinity is 0 at every pool where it is a workflow of its own. */
  variantAffinity(task: number, variant: number, pool: number): number;
  variantFailure(task: number, variant: number, pool: number): number;
  /** Pool in which the task ran when its trace was recorded; NONE where there is no record of it. */
  recordedPool(task: number): number;
  /** Share of the task's cache blocks that the pool holds, from the first on: 0 to 1. */
  cachedShare(task: number, pool: number): number;
  /** Seconds that the pool's server is expected to need first, to change over from the type that it worked on last. */
  changeover(task: number, pool: number): number;
  /** When the task's running attempt began; NaN where none runs. */
  startedAt(task: number): number;
  /** Pool where the task's running attempt is, the first of them where it has a second copy; NONE where none runs. */
  runsAt(task: number): number;
  /** Whether what runs has been seen to straggle. */
  straggles(task: number): boolean;
  /** Tasks of the same type in the system, waiting or running, the task itself counted: the length of its class's queue. */
  queueLength(task: number): number;
  /** Waiting tasks for which the task stands as a candidate of a `dispatch`: itself, and those of its type in line behind it. */
  standsFor(task: number): number;
  /** Children of the task in its workflow: their number, the type of child k, and how many of that type wait or run. */
  nextCount(task: number): number;
  nextType(task: number, k: number): string;
  nextLength(task: number, k: number): number;
  /** What an attempt takes of a resource (an index into `RESOURCE_NAMES`); 0 where it asks for none. */
  need(task: number, resource: number): number;
}

/** Figures of pools, by handle 0 .. count-1. */
export interface PoolFigures {
  readonly count: number;
  name(pool: number): string;
  /** Servers that can work now: not broken, not off, not being set up. At least those that run. */
  servers(pool: number): number;
  /** Servers being set up. */
  starting(pool: number): number;
  /** False while it takes up nothing new: draining, or struck by an outage. */
  open(pool: number): boolean;
  running(pool: number): number;
  /** Tasks queued and not running: at the pool, or in the central queue that it serves. */
  waiting(pool: number): number;
  speed(pool: number): number;
  /** Money per busy server and second. */
  price(pool: number): number;
  /** Most tasks that may be here, running or waiting; Infinity where there is no bound. */
  capacity(pool: number): number;
  /** Pools that serve the queue of the pool, itself among them: several where it is central. */
  peers(pool: number): ArrayLike<number>;
  /** Work queued: at the pool, or in the central queue that it serves; seconds at speed 1. */
  queuedWork(pool: number): number;
  /** Work queued plus expected remaining work of what runs, seconds at speed 1; never negative. */
  backlog(pool: number): number;
  /** Work that has come here since the run began, or to the central queue that it serves, seconds at speed 1; it never falls. */
  arrivedWork(pool: number): number;
  /** What one server has of a resource (an index into `RESOURCE_NAMES`); Infinity where there is no bound. */
  resource(pool: number, resource: number): number;
  /** Share of the resource, over all servers that can work, that is not taken: 0 to 1; 1 where there is no bound. */
  freeShare(pool: number, resource: number): number;
}
