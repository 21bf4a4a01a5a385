import { AssertionError } from "../kit/assert.js";
import {
  type ChargedMetric,
  isWholeRun,
  METRIC_NAMES,
  type Metric,
  objectiveValue,
  type PlacedObjective,
} from "../model/objective.js";
import { UNLIMITED } from "../model/scenario.js";
import { resized } from "./columns.js";

/**
 * The metrics of a run, integrated exactly: every state that costs is piecewise constant between events, so its
 * integral is a sum of rectangles. Whoever changes a state calls `advance` first, and where the state is of one source,
 * type, pool or queue, it is settled before it changes: up to then it has been what it was.
 *
 * Counts and states are plain fields that the engine writes. What is integrated by type is kept only where `byType`.
 */
export class Meter {
  now = 0;
  /** States. */
  waiting = 0;
  /** Money per second, and watts: of all servers, summed. */
  spending = 0;
  watts = 0;
  /** Integrals of the states so far. That of the workflows is the sum of its parts, by source. */
  waitingTime = 0;
  cost = 0;
  energy = 0;
  /** Counts so far; those that are kept by source or pool are summed when they are asked for. */
  timeouts = 0;
  tardiness = 0;
  attemptFailures = 0;
  rejections = 0;
  abandonments = 0;
  retries = 0;
  hedges = 0;
  duplicates = 0;
  interruptions = 0;
  compensations = 0;
  transferredBytes = 0;
  cacheLookups = 0;
  cacheHits = 0;
  /** By source. */
  readonly submittedOf: Int32Array;
  readonly succeededOf: Int32Array;
  readonly failuresOf: Int32Array;
  readonly denialsOf: Int32Array;
  readonly missesOf: Int32Array;
  /** Attempts begun, and servers started, in each pool. */
  readonly starts: Int32Array;
  readonly poolStarts: Int32Array;
  /** Money paid at once, by pool: for starts of servers, and for those that are let go. */
  readonly paid: Float64Array;
  /**
   * One row for each pool and, after those, each central queue (where nobody runs): busy server-seconds, seconds of tasks
   * queued, seconds of tasks running beyond one for each busy server (where servers are shared, packed or out of order), and
   * when they were last brought up to date.
   */
  private readonly stations: Float64Array;
  /** Seconds of servers on and being set up. Pools without bound have no count of the former. */
  readonly onTime: Float64Array;
  readonly setupTime: Float64Array;
  private readonly serversSince: Float64Array;
  /** Workflows of each source in the system, and the tasks of each type at stations. */
  private readonly sources: Presence;
  private readonly types: Presence;
  private figures = new Float64Array(0);

  /**
   * @param queues pools and, after them, central queues
   * @param sources how many bring workflows
   * @param types task types known at the start; more may be met
   */
  constructor(
    queues: number,
    sources: number,
    types: number,
    /** Whether the engine is to tell of tasks that come and go by type. */
    readonly byType = false,
  ) {
    this.submittedOf = new Int32Array(sources);
    this.succeededOf = new Int32Array(sources);
    this.failuresOf = new Int32Array(sources);
    this.denialsOf = new Int32Array(sources);
    this.missesOf = new Int32Array(sources);
    this.starts = new Int32Array(queues);
    this.poolStarts = new Int32Array(queues);
    this.paid = new Float64Array(queues);
    this.stations = new Float64Array(ROW * queues);
    this.onTime = new Float64Array(queues);
    this.setupTime = new Float64Array(queues);
    this.serversSince = new Float64Array(queues);
    this.sources = new Presence(sources);
    this.types = new Presence(byType ? types : 0);
  }

  /** Workflows in the system. */
  get workflows(): number {
    return this.sources.count;
  }
  get submitted(): number {
    return sum(this.submittedOf);
  }
  get succeeded(): number {
    return sum(this.succeededOf);
  }
  get failures(): number {
    return sum(this.failuresOf);
  }
  get denials(): number {
    return sum(this.denialsOf);
  }
  get deadlineMisses(): number {
    return sum(this.missesOf);
  }
  get attempts(): number {
    return sum(this.starts);
  }

  advance(now: number): void {
    this.follow({ at: now });
  }

  /** Time goes on to what a clock says. */
  follow({ at: now }: { readonly at: number }): void {
    const span = now - this.now;
    if (span === 0) return;
    if (!(span > 0)) throw new AssertionError(`time went from ${this.now} to ${now}`);
    this.waitingTime += span * this.waiting;
    this.cost += span * this.spending;
    this.energy += span * this.watts;
    this.now = now;
  }

  /** A workflow of a source comes into the system, or leaves it. */
  enter(source: number): void {
    this.sources.change(source, this, 1);
  }
  leave(source: number): void {
    this.sources.change(source, this, -1);
  }

  /** A task of a type comes to a station, or leaves it. Only where `byType`. */
  arriveAt(type: number): void {
    // A trace's types are met one by one.
    if (type >= this.types.classes) this.types.grow(2 * type + 16);
    this.types.change(type, this, 1);
  }
  departFrom(type: number): void {
    this.types.change(type, this, -1);
  }

  /** Whether a pool or queue has been settled at this instant already. */
  isSettled(queue: number): boolean {
    return this.stations[ROW * queue + SINCE] === this.now;
  }

  /** To be called before a pool's busy servers, its queue or its running tasks change. */
  settle(queue: number, busy: number, waiting: number, running = busy): void {
    const { stations, now } = this;
    const row = ROW * queue;
    const span = now - stations[row + SINCE]!;
    stations[row + BUSY]! += span * busy;
    stations[row + QUEUED]! += span * waiting;
    if (running !== busy) stations[row + EXTRA]! += span * (running - busy);
    stations[row + SINCE] = now;
  }

  /** To be called before a pool's servers on or being set up change. */
  settleServers(pool: number, on: number, starting: number): void {
    const span = this.now - this.serversSince[pool]!;
    if (on < UNLIMITED) this.onTime[pool]! += span * on;
    this.setupTime[pool]! += span * starting;
    this.serversSince[pool] = this.now;
  }

  /** Money for a pool that is paid at once. */
  pay(pool: number, money: number): void {
    this.cost += money;
    this.paid[pool]! += money;
  }

  /** Busy server-seconds of a pool. */
  busyTime(pool: number): number {
    return this.stations[ROW * pool + BUSY]!;
  }

  /** Seconds of tasks queued at a pool or in a central queue. */
  queueTime(queue: number): number {
    return this.stations[ROW * queue + QUEUED]!;
  }

  /** What these will be at a moment to come, if until then as many are busy, queued or on as are now. */
  busyTimeBy(at: number, pool: number, busy: number): number {
    return this.busyTime(pool) + (at - this.stations[ROW * pool + SINCE]!) * busy;
  }
  queueTimeBy(at: number, queue: number, waiting: number): number {
    return this.queueTime(queue) + (at - this.stations[ROW * queue + SINCE]!) * waiting;
  }
  onTimeBy(at: number, pool: number, on: number): number {
    return this.onTime[pool]! + (at - this.serversSince[pool]!) * on;
  }

  /** Seconds of tasks queued at a pool or running there. */
  presentTime(pool: number): number {
    return this.queueTime(pool) + this.busyTime(pool) + this.stations[ROW * pool + EXTRA]!;
  }

  /** Server-seconds on; where there is no bound, a server is on while it is busy. */
  serverTime(pool: number): number {
    return Math.max(this.onTime[pool]!, this.busyTime(pool));
  }

  /**
   * A total so far, of everything or, where `of` is not -1, of a source, type or pool. Those of pools are as of when
   * they were last settled.
   */
  total(metric: ChargedMetric, of = -1): number {
    switch (metric) {
      case "flowTime":
        return of < 0 ? this.sources.total(this.now) : this.sources.time(of, this.now);
      case "squaredFlowTime":
        return of < 0 ? this.sources.squaredTotal(this.now) : this.sources.squaredTime(of, this.now);
      case "inSystem":
        return this.types.time(of, this.now);
      case "squaredInSystem":
        return this.types.squaredTime(of, this.now);
      case "waiting":
        return this.waitingTime;
      case "cost":
        return this.cost;
      case "energy":
        return this.energy;
      case "deadlineMisses":
        return of < 0 ? this.deadlineMisses : this.missesOf[of]!;
      case "tardiness":
        return this.tardiness;
      case "succeeded":
        return of < 0 ? this.succeeded : this.succeededOf[of]!;
      case "failures":
        return of < 0 ? this.failures : this.failuresOf[of]!;
      case "denials":
        return of < 0 ? this.denials : this.denialsOf[of]!;
      case "attempts":
        return of < 0 ? this.attempts : this.starts[of]!;
      case "starts":
        return of < 0 ? sum(this.poolStarts) : this.poolStarts[of]!;
      case "inPool":
        return this.presentTime(of);
      case "busyTime":
        return of < 0 ? this.allBusyTime() : this.busyTime(of);
      case "setupTime":
        return of < 0 ? sum(this.setupTime) : this.setupTime[of]!;
      case "onTime":
        return of < 0 ? this.serverTimes(0) : this.serverTime(of);
      case "idleTime":
        return of < 0 ? this.serverTimes(1) : this.serverTime(of) - this.busyTime(of);
      default:
        return this[metric];
    }
  }

  /** The metrics so far, by name. Those of pools are as of when they were last settled. */
  totals(): Record<Metric, number> {
    const totals = {} as Record<Metric, number>;
    for (const metric of METRIC_NAMES) totals[metric] = this.total(metric);
    return totals;
  }

  /**
   * What an objective has cost so far: its value for the mean workflow, times the workflows submitted. For a weighted sum
   * that is the weighted sum of the totals.
   */
  charge(objective: PlacedObjective): number {
    const { places, weights } = objective;
    if (weights !== null) {
      let charged = 0;
      for (let i = 0; i < weights.length; i++) charged += weights[i]! * this.placedTotal(places[i]!);
      return charged;
    }
    const { submitted } = this;
    if (submitted === 0) return 0;
    if (this.figures.length < places.length) this.figures = new Float64Array(places.length);
    for (let i = 0; i < places.length; i++) this.figures[i] = this.placedTotal(places[i]!) / submitted;
    return submitted * objectiveValue(objective, this.figures);
  }

  private placedTotal({ metric, of }: PlacedObjective["places"][number]): number {
    if (isWholeRun(metric)) throw new AssertionError(`${metric} does not accrue`);
    return this.total(metric, of);
  }

  private allBusyTime(): number {
    let time = 0;
    for (let p = 0; p < this.onTime.length; p++) time += this.busyTime(p);
    return time;
  }

  /** Server-seconds on of all pools, less `busy` times those in which they were busy. */
  private serverTimes(busy: 0 | 1): number {
    let time = 0;
    for (let p = 0; p < this.onTime.length; p++) time += this.serverTime(p) - busy * this.busyTime(p);
    return time;
  }
}

/**
 * How many there are of each class, with the integrals of that number and of its square, up to when it last changed.
 * One row a class: all that a change touches lies side by side.
 */
class Presence {
  private rows: Float64Array;

  constructor(classes: number) {
    this.rows = new Float64Array(ROW * classes);
  }

  get classes(): number {
    return this.rows.length / ROW;
  }

  /** Of all classes together. */
  get count(): number {
    let count = 0;
    for (let row = 0; row < this.rows.length; row += ROW) count += this.rows[row]!;
    return count;
  }

  /** @param clock who knows the time: a double that is handed over is allocated where the call is not compiled into its caller */
  change(of: number, { now }: { readonly now: number }, by: 1 | -1): void {
    const { rows } = this;
    const row = ROW * of;
    const count = rows[row]!;
    const area = (now - rows[row + SINCE]!) * count;
    rows[row] = count + by;
    rows[row + SINCE] = now;
    rows[row + INTEGRAL]! += area;
    rows[row + SQUARED]! += area * count;
  }

  time(of: number, now: number): number {
    // A class that was never met has been absent throughout.
    if (of >= this.classes) return 0;
    const row = ROW * of;
    return this.rows[row + INTEGRAL]! + (now - this.rows[row + SINCE]!) * this.rows[row]!;
  }

  squaredTime(of: number, now: number): number {
    if (of >= this.classes) return 0;
    const row = ROW * of;
    return this.rows[row + SQUARED]! + (now - this.rows[row + SINCE]!) * this.rows[row]! ** 2;
  }

  total(now: number): number {
    let total = 0;
    for (let c = 0; c < this.classes; c++) total += this.time(c, now);
    return total;
  }

  squaredTotal(now: number): number {
    let total = 0;
    for (let c = 0; c < this.classes; c++) total += this.squaredTime(c, now);
    return total;
  }

  grow(classes: number): void {
    this.rows = resized(this.rows, ROW * classes);
  }
}

/** The columns of a row; in `Presence` the number itself comes first, of a station its busy time. */
const ROW = 4;
const SINCE = 1;
const INTEGRAL = 2;
const SQUARED = 3;
const BUSY = 0;
const QUEUED = 2;
const EXTRA = 3;

function sum(column: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < column.length; i++) total += column[i]!;
  return total;
}
