import { NONE } from "../model/decision-view.js";
import { readsTypes } from "../model/objective.js";
import { type DecisionKind, type Scenario, specsOf } from "../model/scenario.js";
import { AttemptTable } from "./attempt-table.js";
import { DueRing } from "./due-ring.js";
import { FlowTable } from "./flow-table.js";
import { Meter } from "./meter.js";
import { PoolTable } from "./pool-table.js";
import type { Executor, Observer } from "./ports.js";
import { QueueTable } from "./queue-table.js";
import { TaskTable } from "./task-table.js";

/** Kinds of decision in the ring of those that are due; what their subject is. */
export const ROUTE = 0; // task
export const DISPATCH = 1; // queue
export const ADMIT = 2; // workflow
export const BRANCH = 3; // task
export const RETRY = 4; // task
export const HEDGE = 5; // attempt
export const SCALE = 6; // pool

/**
 * All that the engine knows, for the files that make up the state machine: `stations` (queues and servers), `progress`
 * (what follows the end of a task), `capacity` (servers that come and go). Each knows those before it, and no other.
 */
export class EngineState {
  readonly tasks = new TaskTable();
  readonly flows = new FlowTable();
  readonly attempts = new AttemptTable();
  readonly pools: PoolTable;
  readonly queues: QueueTable;
  readonly meter: Meter;
  readonly due = new DueRing();
  /** Attempts running in all pools, where servers cost anything. */
  running = 0;
  /** Tasks placed so far: of equals in a sorted queue, who was placed first is served first. */
  placed = 0;
  /** Tasks that have succeeded so far in workflows that compensate: the latest is undone first. */
  completed = 0;
  /** Tasks of each type at stations, waiting or running; kept where somebody may ask for it. */
  present: Int32Array;
  readonly countsTypes: boolean;
  /** Whether somebody may ask for the work that waits and runs: a decision shows it. */
  readonly countsWork: boolean;
  /**
   * By queue: 1 where it is a pool's own, a list that is never full, served from its head, and its servers need nothing
   * special. Where it is so, nothing else is looked up.
   */
  readonly plain: Uint8Array;
  /** By source: the phase of its arrivals and their rate in it, where that is observed; NONE and 0 elsewhere. */
  readonly arrivalPhase: Int32Array;
  readonly arrivalRate: Float64Array;
  /** Servers set up or idle so far, for pools where each has a number. */
  servers = 0;
  /** Whether the work of a task is known before it is done; where not, its mean stands for it. */
  readonly knowsSizes: boolean;
  readonly asksRoute: boolean;
  readonly asksDispatch: boolean;
  readonly asksAdmit: boolean;
  readonly asksBranch: boolean;
  readonly asksRetry: boolean;
  readonly asksHedge: boolean;
  readonly asksScale: boolean;
  /** Whether a task may ever be steered: bound to a pool or shunning one. */
  readonly steers: boolean;
  /** Whether any task may be hedged. */
  readonly hedges: boolean;
  /** Whether any task waits only so long. */
  readonly losesPatience: boolean;
  /** Whether busy servers cost money or power anywhere. */
  readonly pays: boolean;
  /** Whether any pool's servers have a price while idle or being set up, or draw power. */
  readonly paysIdle: boolean;

  /** @param sources how many bring workflows, @param types how many task types there are */
  constructor(
    readonly scenario: Scenario,
    readonly executor: Executor,
    readonly observer: Observer | null,
    sources: number,
    types: number,
  ) {
    const { weather = [] } = scenario;
    const moves = weather.some(({ effect }) => effect.kind === "outage" || effect.kind === "brownout");
    this.pools = new PoolTable(scenario, moves);
    this.queues = new QueueTable(scenario, this.tasks);
    this.meter = new Meter(this.queues.count, sources, types, readsTypes(scenario.objective));
    this.present = new Int32Array(types);
    this.arrivalPhase = new Int32Array(sources).fill(NONE);
    this.arrivalRate = new Float64Array(sources);
    const asks = (kind: DecisionKind) => scenario.decide.includes(kind);
    this.knowsSizes = scenario.sizes === "known";
    this.asksRoute = asks("route");
    this.asksDispatch = asks("dispatch");
    this.asksAdmit = asks("admit");
    this.asksBranch = asks("branch");
    this.asksRetry = asks("retry");
    this.asksHedge = asks("hedge");
    this.asksScale = asks("scale");
    this.countsWork = scenario.decide.length > 0;
    this.plain = Uint8Array.from({ length: this.queues.count }, (_, q) =>
      this.queues.isPlain(q) && this.pools.special[q] === 0 ? 1 : 0,
    );
    this.countsTypes = this.asksDispatch || this.asksScale || this.meter.byType;
    const specs = scenario.workflows.flatMap(({ tasks }) => specsOf(tasks));
    this.hedges = specs.some(({ hedge }) => hedge !== undefined);
    this.losesPatience = specs.some(({ scheduleToStart }) => scheduleToStart !== undefined);
    this.steers =
      this.asksRetry || this.hedges || (scenario.queues ?? []).some(({ duplicates }) => duplicates === true);
    this.pays = scenario.pools.some(
      ({ price, idlePrice = 0, power }) => price > 0 || idlePrice > 0 || power !== undefined,
    );
    this.paysIdle = scenario.pools.some(
      ({ idlePrice = 0, setupPrice = 0, power }) => idlePrice > 0 || setupPrice > 0 || power !== undefined,
    );
    if (this.paysIdle) chargeAll(this);
  }
}

/** A server of the pool has become busy (1) or idle (-1): what it costs and draws is another. */
export function chargeServer({ pools, meter }: EngineState, pool: number, sign: 1 | -1): void {
  meter.spending += sign * (pools.price[pool]! - pools.idlePrice[pool]!);
  meter.watts += sign * (pools.busyWatts[pool]! - pools.idleWatts[pool]!);
}

/** Money and power per second of all servers, summed anew: rounding must not pile up over a long run. */
export function chargeAll({ pools, meter }: EngineState): void {
  meter.spending = 0;
  meter.watts = 0;
  for (let p = 0; p < pools.count; p++) {
    const busy = pools.busy(p);
    const idle = Math.max(0, pools.on[p]! - busy);
    meter.spending +=
      busy * pools.price[p]! + idle * pools.idlePrice[p]! + pools.starting[p]! * pools.setupPrice[p]!;
    meter.watts += busy * pools.busyWatts[p]! + idle * pools.idleWatts[p]!;
  }
}
