import type { Engine } from "../engine/engine.js";
import { settleAll } from "../engine/stations.js";
import { mapped } from "../kit/mapped.js";
import { QuantileSketch } from "../kit/quantile-sketch.js";
import {
  isWholeRun,
  METRIC_NAMES,
  type Metric,
  objectiveValue,
  type Place,
  type PlacedObjective,
  SCOPES,
  type WholeRunMetric,
} from "../model/objective.js";
import { type Scenario, UNLIMITED } from "../model/scenario.js";
import type { Outcome } from "./outcome.js";

const QUANTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 } as const;

/**
 * What a run is measured by: the engine's meter, less what had passed when the warm-up ended, and the flow times and waits
 * since then.
 */
export class Measurement {
  private readonly flowTimes: readonly QuantileSketch[];
  private readonly waits = new QuantileSketch();
  /** Mean work on the longest path of the workflows in `flowTimes`, summed, by source. */
  private readonly paths: Float64Array;
  private before: Readings;
  private measuring: boolean;

  /** @param sources names of what brings workflows, in the order of their numbers */
  constructor(
    private readonly scenario: Scenario,
    private readonly engine: Engine,
    private readonly sources: readonly string[],
    private readonly objective: PlacedObjective,
  ) {
    this.flowTimes = mapped(sources, () => new QuantileSketch());
    this.paths = new Float64Array(sources.length);
    this.before = readings(engine, objective);
    this.measuring = scenario.warmup === 0;
  }

  /** The warm-up is over: what has passed so far does not count. */
  begin(at: number): void {
    this.engine.meter.advance(at);
    this.measuring = true;
    this.before = readings(this.engine, this.objective);
  }

  /** An attempt of the task starts: it has waited since the task was ready for it. */
  started(task: number): void {
    if (this.measuring) this.waits.add(this.engine.meter.now - this.engine.tasks.readyAt[task]!);
  }

  /** A workflow has succeeded. */
  succeeded(flow: number): void {
    const { flows, meter } = this.engine;
    const submitted = flows.submittedAt[flow]!;
    if (submitted < this.scenario.warmup) return;
    const source = flows.source[flow]!;
    this.flowTimes[source]!.add(meter.now - submitted);
    this.paths[source]! += flows.graph[flow]!.criticalPath;
  }

  /** The figures of the run, which has ended. */
  outcome(seed: number, events: number): Outcome {
    const { engine, scenario, before, waits, objective } = this;
    const { pools } = engine;
    const after = readings(engine, objective);
    const measured = scenario.horizon - before.at;
    const submitted = after.submitted - before.submitted;
    const since = (of: (reading: Readings) => number) => of(after) - of(before);
    const perWorkflow = (total: number) => (submitted > 0 ? total / submitted : 0);
    const metrics = {} as Record<Metric, number>;
    for (const name of METRIC_NAMES) metrics[name] = perWorkflow(since(({ totals }) => totals[name]));
    const all = new QuantileSketch();
    for (const sketch of this.flowTimes) all.merge(sketch);
    const bySource = this.sources.map((name, s) => ({
      name,
      submitted: since((r) => r.submittedOf[s]!),
      succeeded: this.flowTimes[s]!.count,
      failed: since((r) => r.failuresOf[s]!),
      denied: since((r) => r.denialsOf[s]!),
      deadlineMisses: since((r) => r.missesOf[s]!),
      flowTime: figures(this.flowTimes[s]!),
      slowdown: this.flowTimes[s]!.sum / this.paths[s]!,
      meanInSystem: since((r) => r.presence[s]!) / measured,
      meanSquaredInSystem: since((r) => r.squaredPresence[s]!) / measured,
    }));
    const fairness = jain(bySource.map(({ slowdown }) => slowdown).filter(Number.isFinite));
    const poolUses = pools.names.map((name, p) => {
      const { price, idlePrice = 0, setupPrice = 0, power } = scenario.pools[p]!;
      const busy = since((r) => r.busyTime[p]!);
      const on = since((r) => r.onTime[p]!);
      const setup = since((r) => r.setupTime[p]!);
      const paid = since((r) => r.paid[p]!);
      const idle = Math.max(0, on - busy);
      return {
        name,
        utilisation: pools.servers[p] === UNLIMITED || on === 0 ? 0 : busy / on,
        meanWaiting: since((r) => r.queueTime[p]!) / measured,
        meanPresent: since((r) => r.presentTime[p]!) / measured,
        attempts: since((r) => r.attemptsIn[p]!),
        starts: since((r) => r.starts[p]!),
        onTime: on,
        setupTime: setup,
        cost: busy * price + idle * idlePrice + setup * setupPrice + paid,
        energy: busy * (power?.busy ?? 0) + idle * (power?.idle ?? 0),
        busy,
      };
    });
    const bounded = poolUses.filter((_, p) => pools.servers[p] !== UNLIMITED);
    const on = bounded.reduce((sum, pool) => sum + pool.onTime, 0);
    const utilisation = on > 0 ? bounded.reduce((sum, pool) => sum + pool.busy, 0) / on : 0;
    const wholeRun = (metric: WholeRunMetric, of: number): number => {
      if (metric === "fairness") return fairness;
      if (metric === "utilisation") return of < 0 ? utilisation : poolUses[of]!.utilisation;
      return (of < 0 ? all : this.flowTimes[of]!).quantile(QUANTILES[metric]);
    };
    const read = ({ metric, of }: Place, f: number) =>
      isWholeRun(metric) ? wholeRun(metric, of) : perWorkflow(since((r) => r.figures[f]!));
    const denials = since((r) => r.totals.denials);
    return {
      scenario: scenario.name,
      seed,
      measured,
      workflows: {
        submitted,
        succeeded: since((r) => r.totals.succeeded),
        failed: since((r) => r.totals.failures),
        denied: denials,
      },
      metrics,
      objective: submitted > 0 ? objectiveValue(objective, objective.places.map(read)) : 0,
      flowTime: { ...figures(all), p90: all.quantile(0.9) },
      relativeError: all.relativeError,
      bySource,
      byType: this.typesRead().map(([name, mean, squared]) => ({
        name,
        ...(mean < 0 ? {} : { meanInSystem: since((r) => r.figures[mean]!) / measured }),
        ...(squared < 0 ? {} : { meanSquaredInSystem: since((r) => r.figures[squared]!) / measured }),
      })),
      fairness,
      wait: { ...figures(waits), share: waits.count > 0 ? 1 - waits.zeros / waits.count : Number.NaN },
      pools: poolUses.map(({ busy: _, ...pool }) => pool),
      utilisation,
      meanInSystem: since(({ totals }) => totals.flowTime) / measured,
      events,
      decisions: engine.decisions,
      attempts: since(({ totals }) => totals.attempts),
    };
  }

  /** Task types that the objective names, each with the numbers of its figures (-1: not asked for). */
  private typesRead(): (readonly [name: string, mean: number, squared: number])[] {
    const { figures: written } = this.scenario.objective;
    const names = new Set(written.flatMap(({ metric, of }) => (SCOPES[metric] === "type" ? [of!] : [])));
    const figure = (metric: string, name: string) =>
      written.findIndex((f) => f.metric === metric && f.of === name);
    return [...names].map((name) => [name, figure("inSystem", name), figure("squaredInSystem", name)]);
  }
}

/** Jain's index (Jain, Chiu and Hawe 1984): 1 where all are equal, 1 / n where one has everything; NaN of none. */
function jain(shares: readonly number[]): number {
  const sum = shares.reduce((a, b) => a + b, 0);
  return sum ** 2 / (shares.length * shares.reduce((a, b) => a + b ** 2, 0));
}

function figures(sketch: QuantileSketch) {
  return {
    mean: sketch.mean,
    p50: sketch.quantile(0.5),
    p95: sketch.quantile(0.95),
    p99: sketch.quantile(0.99),
  };
}

/** The meter's figures at a moment. */
interface Readings {
  readonly at: number;
  readonly totals: Record<Metric, number>;
  readonly submitted: number;
  /** What the objective reads that accrues, in its order; 0 for what does not. */
  readonly figures: readonly number[];
  /** By source. */
  readonly submittedOf: Int32Array;
  readonly failuresOf: Int32Array;
  readonly denialsOf: Int32Array;
  readonly missesOf: Int32Array;
  readonly presence: readonly number[];
  readonly squaredPresence: readonly number[];
  /** By pool. */
  readonly busyTime: readonly number[];
  readonly queueTime: readonly number[];
  readonly presentTime: readonly number[];
  readonly onTime: readonly number[];
  readonly setupTime: Float64Array;
  readonly paid: Float64Array;
  readonly attemptsIn: Int32Array;
  readonly starts: Int32Array;
}

function readings({ meter, state, pools }: Engine, { places }: PlacedObjective): Readings {
  settleAll(state);
  const sources = Array.from(meter.submittedOf.keys());
  return {
    at: meter.now,
    totals: meter.totals(),
    submitted: meter.submitted,
    figures: places.map(({ metric, of }) => (isWholeRun(metric) ? 0 : meter.total(metric, of))),
    submittedOf: meter.submittedOf.slice(),
    failuresOf: meter.failuresOf.slice(),
    denialsOf: meter.denialsOf.slice(),
    missesOf: meter.missesOf.slice(),
    presence: sources.map((s) => meter.total("flowTime", s)),
    squaredPresence: sources.map((s) => meter.total("squaredFlowTime", s)),
    busyTime: pools.names.map((_, p) => meter.busyTime(p)),
    queueTime: pools.names.map((_, p) => meter.queueTime(p)),
    presentTime: pools.names.map((_, p) => meter.presentTime(p)),
    onTime: pools.names.map((_, p) => meter.serverTime(p)),
    setupTime: meter.setupTime.slice(),
    paid: meter.paid.slice(),
    attemptsIn: meter.starts.slice(),
    starts: meter.poolStarts.slice(),
  };
}
