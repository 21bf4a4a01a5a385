import type { Engine } from "../engine/engine.js";
import { AT_THE_DOOR, GONE } from "../engine/flow-table.js";
import { QuantileSketch } from "../kit/quantile-sketch.js";
import { METRIC_NAMES, type Metric, type Scenario } from "../model/scenario.js";
import type { Outcome } from "./outcome.js";

/**
 * What a run is measured by: the engine's meter, less what had passed when the warm-up ended, and the flow times and waits
 * since then.
 */
export class Measurement {
  private readonly flowTimes: readonly QuantileSketch[];
  private readonly waits = new QuantileSketch();
  private before: Baseline;

  /** @param sources names of what brings workflows, in the order of their numbers */
  constructor(
    private readonly scenario: Scenario,
    private readonly engine: Engine,
    private readonly sources: readonly string[],
  ) {
    this.before = baseline(engine, 0);
    this.flowTimes = sources.map(() => new QuantileSketch());
  }

  /** The warm-up is over: what has passed so far does not count. */
  begin(at: number): void {
    this.engine.meter.advance(at);
    for (let p = 0; p < this.engine.pools.count; p++) settle(this.engine, p);
    this.before = baseline(this.engine, at);
  }

  /** An attempt starts that has waited so long. */
  started(waited: number): void {
    if (this.engine.meter.now >= this.scenario.warmup) this.waits.add(waited);
  }

  /** A workflow has succeeded. */
  succeeded(source: number, submitted: number): void {
    if (submitted >= this.scenario.warmup) this.flowTimes[source]!.add(this.engine.meter.now - submitted);
  }

  /** The figures of the run, which has ended. */
  outcome(seed: number, events: number): Outcome {
    const { engine, scenario, before, waits } = this;
    const { meter, flows } = engine;
    for (let p = 0; p < engine.pools.count; p++) settle(engine, p);
    const measured = scenario.horizon - before.at;
    const submitted = meter.submitted - before.submitted;
    const totals = meter.totals();
    // What is overdue and still in the system at the end has missed its deadline too.
    for (let f = 0; f < flows.extent; f++) {
      if (
        flows.state[f] !== GONE &&
        flows.state[f] !== AT_THE_DOOR &&
        flows.parent[f]! < 0 &&
        flows.dueAt[f]! < scenario.horizon
      ) {
        totals.deadlineMisses++;
        totals.tardiness += scenario.horizon - flows.dueAt[f]!;
      }
    }
    const metrics = {} as Record<Metric, number>;
    let objective = 0;
    for (const name of METRIC_NAMES) {
      metrics[name] = submitted > 0 ? (totals[name] - before.totals[name]) / submitted : 0;
      objective += scenario.objective.weights[name] * metrics[name];
    }
    const all = new QuantileSketch();
    for (const sketch of this.flowTimes) all.merge(sketch);
    return {
      scenario: scenario.name,
      seed,
      measured,
      workflows: {
        submitted,
        succeeded: meter.succeeded - before.succeeded,
        failed: meter.failures - before.totals.failures,
      },
      metrics,
      objective,
      flowTime: { ...figures(all), p90: all.quantile(0.9) },
      bySource: this.sources.map((name, s) => ({
        name,
        succeeded: this.flowTimes[s]!.count,
        flowTime: figures(this.flowTimes[s]!),
      })),
      wait: { ...figures(waits), share: waits.count > 0 ? 1 - waits.zeros / waits.count : Number.NaN },
      pools: engine.pools.names.map((name, p) => ({
        name,
        utilisation: (meter.busyTime[p]! - before.busyTime[p]!) / (measured * engine.pools.servers[p]!),
        meanWaiting: (meter.queueTime[p]! - before.queueTime[p]!) / measured,
      })),
      meanInSystem: (totals.flowTime - before.totals.flowTime) / measured,
      events,
      decisions: engine.decisions,
      attempts: meter.attempts - before.attempts,
    };
  }
}

function figures(sketch: QuantileSketch) {
  return {
    mean: sketch.mean,
    p50: sketch.quantile(0.5),
    p95: sketch.quantile(0.95),
    p99: sketch.quantile(0.99),
  };
}

/** What had passed when measuring began. */
interface Baseline {
  readonly at: number;
  readonly totals: Record<Metric, number>;
  readonly submitted: number;
  readonly succeeded: number;
  readonly attempts: number;
  readonly busyTime: Float64Array;
  readonly queueTime: Float64Array;
}

function baseline({ meter }: Engine, at: number): Baseline {
  return {
    at,
    totals: meter.totals(),
    submitted: meter.submitted,
    succeeded: meter.succeeded,
    attempts: meter.attempts,
    busyTime: meter.busyTime.slice(),
    queueTime: meter.queueTime.slice(),
  };
}

function settle({ meter, pools, queues }: Engine, pool: number): void {
  meter.settle(pool, pools.busy(pool), queues.waiting[pool]!);
}
