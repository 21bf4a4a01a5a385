import type { Engine } from "../../engine/engine.js";
import { CANCELLED } from "../../engine/ports.js";
import type { DecisionView } from "../../model/decision-view.js";
import type { RunObserver } from "../../sim/run-observer.js";
import type { WorkloadSource } from "../../workload/source.js";
import { Occupancy } from "./occupancy.js";
import { Tally } from "./tally.js";
import type { WindowPlan, Windows } from "./windows.js";

/** What a probe attends to besides times in system and waits. */
export interface Watch {
  /** The law of the number in the system. */
  readonly number?: boolean;
  /** The laws of the number in each of these pools, and of its servers that can work; by their place in this list. */
  readonly pools?: readonly number[];
  /** The law of the number in a pool, all pools being alike and every task being routed by a decision. */
  readonly spread?: boolean;
  /** Sizes of tasks, and time in system over size. Workflows of one task only. */
  readonly sizes?: boolean;
  readonly windows?: WindowPlan;
}

/** What is measured of the tasks of a pool, or the workflows of a source. */
export class Station {
  /** From ready to started, and from ready to ended, of attempts that were not cancelled. */
  readonly wait: Tally;
  readonly visit = new Tally();
  /** From submitted to ended, of workflows that succeeded. */
  readonly sojourn: Tally;

  constructor(quantiles: boolean) {
    this.wait = new Tally(quantiles);
    this.sojourn = new Tally(quantiles);
  }
}

/**
 * Measures what theory speaks of. Everything that ends after `from` counts, whenever it began: in steady state who leaves is
 * as who comes, while leaving out who has not left yet would favour the quick.
 */
export class Probe implements RunObserver {
  /** Of workflows that failed: time in system. */
  readonly failed = new Tally();
  /** Of attempts: time on a server. Also of those that were cancelled. */
  readonly service = new Tally();
  /** Of delays before a retry. */
  readonly backoff = new Tally();
  /** Of tasks that became ready, once each: size, its square, and its workflow's time in system over it. */
  readonly size = new Tally();
  readonly squaredSize = new Tally();
  readonly slowdown = new Tally();
  /** Attempts that ended by themselves, and those of them that were their task's first. */
  attempts = 0;
  firstAttempts = 0;
  readonly number = new Occupancy();
  readonly spread = new Occupancy();
  readonly windows: Windows | null;
  /** All together, by pool and by source. */
  readonly all: Station;
  byPool: readonly Station[] = [];
  bySource: readonly Station[] = [];
  /** Of the pools watched: tasks there, and servers that can work. */
  occupancy: readonly Occupancy[] = [];
  online: readonly Occupancy[] = [];
  private engine!: Engine;
  private since = 0;
  /** By task: when its last attempt ended; by workflow: its size. */
  private lastEnd = new Float64Array(64);
  private sizes = new Float64Array(64);
  /** By pool, where `spread` is watched: tasks there, and since when. */
  private present = new Int32Array(0);
  private presentSince = new Float64Array(0);

  constructor(
    private readonly from: number,
    private readonly watch: Watch,
    windows: Windows | null = null,
  ) {
    this.windows = windows;
    // Transients are of short runs by the thousand: their buckets would cost more than the runs.
    this.all = new Station(windows === null);
  }

  attach(engine: Engine, sources: readonly WorkloadSource[]): void {
    this.engine = engine;
    const pools = engine.pools.count;
    this.byPool = Array.from({ length: pools }, () => new Station(false));
    this.bySource = sources.map(() => new Station(sources.length > 1));
    this.occupancy = (this.watch.pools ?? []).map(() => new Occupancy());
    this.online = (this.watch.pools ?? []).map(() => new Occupancy());
    this.present = new Int32Array(pools);
    this.presentSince = new Float64Array(pools).fill(this.from);
  }

  stateHeld(at: number): void {
    const { watch, windows } = this;
    const { meter, pools, queues } = this.engine;
    windows?.hold(meter.workflows, this.since, at);
    const held = at - Math.max(this.since, this.from);
    this.since = at;
    if (!(held > 0)) return;
    if (watch.number === true) this.number.hold(meter.workflows, held);
    if (watch.pools === undefined) return;
    for (let i = 0; i < watch.pools.length; i++) {
      const pool = watch.pools[i]!;
      this.occupancy[i]!.hold(pools.running[pool]! + queues.waiting[pool]!, held);
      this.online[i]!.hold(pools.online[pool]!, held);
    }
  }

  taskReady(at: number, task: number): void {
    const { tasks } = this.engine;
    if (tasks.attempts[task]! > 0) {
      if (at >= this.from) this.backoff.add(at - this.lastEnd[task]!);
    } else if (this.watch.sizes === true) {
      const flow = tasks.flow[task]!;
      const size = tasks.size[task]!;
      if (flow >= this.sizes.length) this.sizes = doubled(this.sizes, flow);
      this.sizes[flow] = size;
      if (at < this.from) return;
      this.size.add(size);
      this.squaredSize.add(size * size);
    }
  }

  attemptEnded(at: number, attempt: number, outcome: number): void {
    const { tasks, attempts, flows } = this.engine;
    const task = attempts.task[attempt]!;
    const pool = attempts.pool[attempt]!;
    if (task >= this.lastEnd.length) this.lastEnd = doubled(this.lastEnd, task);
    this.lastEnd[task] = at;
    if (this.watch.spread === true) this.moves(at, pool, -1);
    if (at < this.from) return;
    const begun = attempts.begunAt[attempt]!;
    this.service.add(at - begun);
    if (outcome === CANCELLED) return;
    this.attempts++;
    if (tasks.attempts[task] === 1) this.firstAttempts++;
    const ready = tasks.readyAt[task]!;
    const here = this.byPool[pool]!;
    const own = this.bySource[flows.source[tasks.flow[task]!]!]!;
    this.all.wait.add(begun - ready);
    this.all.visit.add(at - ready);
    here.wait.add(begun - ready);
    here.visit.add(at - ready);
    own.wait.add(begun - ready);
  }

  workflowEnded(at: number, flow: number, succeeded: boolean): void {
    if (at < this.from) return;
    const { flows } = this.engine;
    const sojourn = at - flows.submittedAt[flow]!;
    if (!succeeded) {
      this.failed.add(sojourn);
      return;
    }
    this.all.sojourn.add(sojourn);
    this.bySource[flows.source[flow]!]!.sojourn.add(sojourn);
    if (this.watch.sizes === true) this.slowdown.add(sojourn / this.sizes[flow]!);
  }

  decided(view: DecisionView, candidate: number): void {
    if (this.watch.spread === true && view.kind === "route") this.moves(view.time, view.pool(candidate), 1);
  }

  /** The law of the number in a pool: what has not moved since is brought up to date. */
  settle(at: number): void {
    for (let pool = 0; pool < this.present.length; pool++) this.moves(at, pool, 0);
  }

  private moves(at: number, pool: number, change: number): void {
    const held = at - this.presentSince[pool]!;
    if (held > 0) {
      this.spread.hold(this.present[pool]!, held);
      this.presentSince[pool] = at;
    }
    this.present[pool]! += change;
  }
}

function doubled(column: Float64Array, index: number): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(2 ** Math.ceil(Math.log2(index + 1)) * 2);
  wider.set(column);
  return wider;
}
