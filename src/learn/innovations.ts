import type { Engine } from "../engine/engine.js";
import { FAILED, SUCCEEDED } from "../engine/ports.js";
import { moments } from "../kit/moments.js";
import { arrivingWorkflows, type Scenario, specsOf, UNLIMITED } from "../model/scenario.js";
import { ARRIVAL } from "../sim/event-kinds.js";
import type { RunObserver } from "../sim/run-observer.js";

/** Columns of a clock: times 1, times what is in the system, and of ends in a pool times what is there. */
const [OF_SOURCE, OF_POOL] = [2, 3];

/** Clocks of a scenario that have no memory: which ones, and how fast they run. */
interface Memoryless {
  /** By source: arrivals a second in each phase (of one phase, if there are none); null where they have a memory. */
  readonly arrivals: readonly (readonly number[] | null)[];
  /** By pool: ends a second of each attempt that runs; null where they have a memory. */
  readonly ends: readonly (number | null)[];
}

/**
 * What happened in a run less what was to be expected of it: for each clock without memory (arrivals of a Poisson source, ends of
 * attempts in a pool) the integral of w (dN - rate dt), where N counts how often it rang and w is what stood there right before: 1,
 * tasks in the pool, workflows in the system. These are martingales (the compensated counting process; Bremaud 1981, "Point
 * processes and queues", II.3): of mean 0 given what was decided, whatever that was, so that a multiple of them may be taken off
 * any return. Value functions of queues change by about such w when a clock rings, which is why that helps (Henderson and Glynn
 * 2002; Dai and Gluzman 2022, section 4.3).
 */
export class Innovations implements RunObserver {
  /** [width], since `restart`. */
  readonly values: Float64Array;
  private readonly clocks: Memoryless;
  /** Of each source and pool, in that order: which columns are its own, from where; -1 where it has none. */
  private readonly sourceAt: readonly number[];
  private readonly poolAt: readonly number[];
  private engine: Engine | null = null;
  private since = 0;
  /** Right before the last event: tasks in each pool, and workflows in the system. */
  private readonly inPool: Float64Array;
  private inSystem = 0;

  constructor(scenario: Scenario) {
    this.clocks = memoryless(scenario);
    let width = 0;
    const placed = (columns: number) => (clock: unknown) => {
      if (clock === null) return -1;
      width += columns;
      return width - columns;
    };
    this.sourceAt = this.clocks.arrivals.map(placed(OF_SOURCE));
    this.poolAt = this.clocks.ends.map(placed(OF_POOL));
    this.values = new Float64Array(width);
    this.inPool = new Float64Array(scenario.pools.length);
  }

  /** A run begins. */
  attach(engine: Engine): void {
    this.engine = engine;
    this.since = 0;
    this.restart();
  }

  restart(): void {
    this.values.fill(0);
  }

  stateHeld(at: number): void {
    const { state, pools, queues } = this.engine!;
    const { clocks, sourceAt, poolAt, inPool } = this;
    const seconds = at - this.since;
    this.since = at;
    this.inSystem = state.meter.workflows;
    for (let s = 0; s < sourceAt.length; s++) {
      if (sourceAt[s]! < 0) continue;
      const rates = clocks.arrivals[s]!;
      this.add(sourceAt[s]!, -seconds * rates[rates.length === 1 ? 0 : state.arrivalPhase[s]!]!);
    }
    for (let p = 0; p < poolAt.length; p++) {
      if (poolAt[p]! < 0) continue;
      const running = pools.running[p]!;
      inPool[p] = running + queues.waiting[p]!;
      this.addOfPool(p, -seconds * running * clocks.ends[p]!);
    }
  }

  eventDue(kind: number, subject: number): void {
    if (kind === ARRIVAL && this.sourceAt[subject]! >= 0) this.add(this.sourceAt[subject]!, 1);
  }

  attemptEnded(_at: number, attempt: number, outcome: number): void {
    if (outcome !== SUCCEEDED && outcome !== FAILED) return;
    const pool = this.engine!.attempts.pool[attempt]!;
    if (this.poolAt[pool]! >= 0) this.addOfPool(pool, 1);
  }

  workflowEnded(): void {}
  decided(): void {}

  private add(at: number, times: number): void {
    this.values[at]! += times;
    this.values[at + 1]! += times * this.inSystem;
  }

  private addOfPool(pool: number, times: number): void {
    const at = this.poolAt[pool]!;
    this.add(at, times);
    this.values[at + 2]! += times * this.inPool[pool]!;
  }
}

/** Whether anything in a scenario has no memory. */
export const hasInnovations = (scenario: Scenario): boolean => new Innovations(scenario).values.length > 0;

function memoryless(scenario: Scenario): Memoryless {
  return {
    arrivals: arrivingWorkflows(scenario).map(({ arrivals }) => {
      if (arrivals.kind === "poisson") return [arrivals.rate];
      return arrivals.kind === "mmpp" && arrivals.observed === true ? arrivals.rates : null;
    }),
    ends: scenario.pools.map((_, pool) => rateOfEnds(scenario, pool)),
  };
}

/**
 * How often an attempt that runs in a pool ends, where that neither depends on what it is, nor is known beforehand, nor changes;
 * null elsewhere. Anything out of the ordinary (stragglers, shared servers, weather) has the pool left out: that costs precision and
 * never a bias.
 */
function rateOfEnds(scenario: Scenario, pool: number): number | null {
  const { pools, queues = [], workflows, weather = [], sizes, trace, transfers } = scenario;
  const { servers, speed, capacity, discipline, resources, scaling, breakdown, stragglers, rateLimit } =
    pools[pool]!;
  const ordinary =
    sizes !== "known" &&
    trace === undefined &&
    transfers === undefined &&
    servers !== UNLIMITED &&
    capacity === Number.POSITIVE_INFINITY &&
    ["fifo", "lifo", "priority"].includes(discipline) &&
    [resources, scaling, breakdown, stragglers, rateLimit].every((feature) => feature === undefined) &&
    !weather.some(({ pools: touched }) => touched.includes(pool)) &&
    !queues.some(
      ({ pools: served, reallocate, duplicates, capacity: room = Number.POSITIVE_INFINITY }) =>
        served.includes(pool) &&
        (reallocate === true || duplicates === true || room < Number.POSITIVE_INFINITY),
    );
  if (!ordinary) return null;
  const rates = new Set<number | null>();
  for (const { tasks, timeout } of workflows) {
    for (const spec of specsOf(tasks)) {
      const at = spec.pools.indexOf(pool);
      if (at < 0) continue;
      const { work, retry, hedge, cache, changeover, scheduleToStart } = spec;
      const known =
        work.kind !== "exponential" ||
        (retry.attempts > 1 && retry.work === "same") ||
        spec.timeout < Number.POSITIVE_INFINITY ||
        [timeout, hedge, cache, changeover, scheduleToStart].some((feature) => feature !== undefined);
      rates.add(known ? null : ((spec.speeds?.[at] ?? 1) * speed) / moments(work).mean);
    }
  }
  const [rate = null] = rates;
  return rates.size === 1 ? rate : null;
}
