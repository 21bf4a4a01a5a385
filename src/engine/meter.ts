import { AssertionError } from "../kit/assert.js";
import type { Metric } from "../model/scenario.js";

/**
 * The metrics of a run, integrated exactly: every state that costs is piecewise constant between events, so its
 * integral is a sum of rectangles. Whoever changes a state calls `advance` first.
 */
export class Meter {
  now = 0;
  /** States. */
  workflows = 0;
  waiting = 0;
  /** Money per second: prices of busy servers, summed. */
  spending = 0;
  /** Integrals and counts so far. */
  flowTime = 0;
  waitingTime = 0;
  cost = 0;
  deadlineMisses = 0;
  tardiness = 0;
  failures = 0;
  attemptFailures = 0;
  rejections = 0;
  abandonments = 0;
  denials = 0;
  duplicates = 0;
  hedges = 0;
  retries = 0;
  timeouts = 0;
  compensations = 0;
  interruptions = 0;
  transferredBytes = 0;
  cacheLookups = 0;
  cacheHits = 0;
  watts = 0;
  energy = 0;
  readonly byType = false;
  readonly starts: Int32Array;
  readonly poolStarts: Int32Array;
  readonly denialsOf: Int32Array;
  readonly failuresOf: Int32Array;
  readonly succeededOf: Int32Array;
  readonly missesOf: Int32Array;
  submitted = 0;
  succeeded = 0;
  attempts = 0;
  /** Busy server-seconds and queued task-seconds of each pool, and when each was last brought up to date. */
  readonly busyTime: Float64Array;
  readonly queueTime: Float64Array;
  private readonly since: Float64Array;

  constructor(pools: number, sources: number, _types: number) {
    this.starts = new Int32Array(pools);
    this.poolStarts = new Int32Array(pools);
    this.denialsOf = new Int32Array(sources);
    this.failuresOf = new Int32Array(sources);
    this.succeededOf = new Int32Array(sources);
    this.missesOf = new Int32Array(sources);
    this.busyTime = new Float64Array(pools);
    this.queueTime = new Float64Array(pools);
    this.since = new Float64Array(pools);
  }

  advance(now: number): void {
    const span = now - this.now;
    if (!(span >= 0)) throw new AssertionError(`time went from ${this.now} to ${now}`);
    this.flowTime += span * this.workflows;
    this.waitingTime += span * this.waiting;
    this.cost += span * this.spending;
    this.energy += span * this.watts;
    this.now = now;
  }

  enter(_source: number): void {}
  leave(_source: number): void {}
  arriveAt(_type: number): void {}
  departFrom(_type: number): void {}
  settleServers(_pool: number, _on: number, _starting: number): void {}

  /** To be called before a pool's busy servers or queue change. */
  settle(pool: number, running: number, waiting: number): void {
    const span = this.now - this.since[pool]!;
    this.busyTime[pool]! += span * running;
    this.queueTime[pool]! += span * waiting;
    this.since[pool] = this.now;
  }

  /** The cost of an objective so far: sum of weight times metric. */
  charge(weights: Readonly<Record<Metric, number>>): number {
    return (
      weights.flowTime * this.flowTime +
      weights.waiting * this.waitingTime +
      weights.cost * this.cost +
      weights.deadlineMisses * this.deadlineMisses +
      weights.tardiness * this.tardiness +
      weights.failures * this.failures +
      weights.attemptFailures * this.attemptFailures +
      weights.rejections * this.rejections +
      weights.abandonments * this.abandonments
    );
  }

  /** The metrics so far, by name. */
  totals(): Record<Metric, number> {
    return {
      flowTime: this.flowTime,
      waiting: this.waitingTime,
      cost: this.cost,
      deadlineMisses: this.deadlineMisses,
      tardiness: this.tardiness,
      failures: this.failures,
      attemptFailures: this.attemptFailures,
      rejections: this.rejections,
      abandonments: this.abandonments,
    };
  }
}
