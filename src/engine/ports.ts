import type { DecisionView } from "../model/decision-view.js";
import type { TaskGraph } from "../model/task-graph.js";

/** What a driver's time is read on. A time that is handed over as an argument may be allocated; one that is read is not. */
export interface Clock {
  /** When what the engine is being told happened, seconds: not before what it was told last. */
  readonly at: number;
}

/** A workflow that comes. */
export interface Submission {
  readonly graph: TaskGraph;
  /** Absolute time, seconds; Infinity where there is no deadline. */
  readonly dueAt: number;
  /** Who submitted it, and its number there: kept for the driver, who keys its draws by them. */
  readonly source: number;
  readonly serial: number;
}

/**
 * What the engine asks of the world. The simulator answers in virtual time, a live driver by real workers. Handles of
 * tasks, attempts and workflows are slots in the engine's tables; they are reused, so whoever keeps one keeps its stamp too.
 */
export interface Executor {
  readonly clock: Clock;
  /** Work of the task's next attempt, seconds at speed 1. Asked when it becomes ready, where the scenario's sizes are known. */
  sizeOf(task: number): number;
  /** Begin the attempt at its pool now. Its end is told by `Engine.attemptEnded`. */
  startAttempt(attempt: number): void;
  /** Stop the attempt; nothing more may be told of it. */
  cancelAttempt(attempt: number): void;
  /** Hold the attempt where it is: it has lost its server. Its end may not be told meanwhile. */
  pauseAttempt(attempt: number): void;
  /** Go on with a held attempt where it was, or from its beginning if it was rewound; maybe in another pool than before. */
  resumeAttempt(attempt: number): void;
  /** What a held attempt has done is lost: it will begin anew. */
  rewindAttempt(attempt: number): void;
  /**
   * The task has begun to wait for a server. If it is still waiting when its patience ends, tell `Engine.patienceOver`.
   * Only called where the task has a schedule-to-start timeout.
   */
  startPatience(task: number, stamp: number): void;
  /**
   * Tell `Engine.backoffOver` in `delay` seconds, spread by `jitter`: delay * (1 - jitter + 2 * jitter * u) with u
   * uniform in (0, 1). A negative delay is to be drawn from the task's `backoff.draw`.
   */
  backOff(task: number, stamp: number, delay: number, jitter: number): void;
  /** The workflow has left the system. Called before its slots are freed, for workflows that are part of no other. */
  workflowEnded(flow: number, succeeded: boolean): void;
  /** The workflow has a timeout: tell `Engine.workflowTimedOut` when it is over. */
  startTimeout(flow: number, stamp: number): void;
  /** The attempt may be hedged: tell `Engine.hedgeDue` when it is late. */
  startHedge(attempt: number, stamp: number): void;
  /** A cancelled copy still holds its server: tell `Engine.cleanedUp` when it is let go. Its task is still at hand. */
  cleanUp(attempt: number): void;
  /** How many instances a `forEach` task has. */
  countOf(task: number): number;
  /** What a task that succeeded answers: an index into the scenario's values. Only asked where it may answer something. */
  valueOf(task: number): number;
  /** Set up a server: tell `Engine.serverStarted` with its number when it is ready. */
  startServer(pool: number, server: number): void;
  /** A server that would go off by itself is idle from now on: tell `Engine.serverRetires` if it stays so too long. */
  serverIdle(pool: number, server: number): void;
  /** A server is let go; it is paid until `Engine.serverGone` is told. */
  stopServer(pool: number): void;
  /** Tell `Engine.tokensBack` in so many seconds. */
  wake(pool: number, seconds: number): void;
  /** The servers of a pool whose tasks share them have changed in number or speed. */
  sharesChanged(pool: number): void;
  /** Share of the task's cache blocks that the pool holds. */
  cachedShare(task: number, pool: number): number;
}

/** How an attempt ended. */
export const ATTEMPT_OUTCOMES = ["succeeded", "failed", "timed out", "cancelled"] as const;
export const SUCCEEDED = 0;
export const FAILED = 1;
export const TIMED_OUT = 2;
export const CANCELLED = 3;

/** Hears what happened, for telemetry. Absent where nobody listens; then nothing is paid for it. */
export interface Observer {
  /** A task has become ready for its next attempt, and its size is known. Not every listener needs to hear of it. */
  taskReady?(at: number, task: number): void;
  /** Called before the attempt's slot is freed. */
  attemptEnded(at: number, attempt: number, outcome: number): void;
  /** Called before the workflow's slots are freed. */
  workflowEnded(at: number, flow: number, succeeded: boolean): void;
  decided(view: DecisionView, candidate: number): void;
}
