import { Engine } from "../engine/engine.js";
import { assert } from "../kit/assert.js";
import type { DecisionView } from "../model/decision-view.js";
import { Names } from "../model/names.js";
import type { Metric, Scenario } from "../model/scenario.js";
import type { WorkloadSource } from "../workload/source.js";
import type { ReplayableTrace } from "../workload/trace/trace-cursor.js";
import type { Outcome } from "./outcome.js";
import type { RunObserver } from "./run-observer.js";
import { workloadSources } from "./sources.js";
import { World } from "./world.js";

export interface SimulationOptions {
  /** Any safe integer; with the scenario it determines every draw. */
  readonly seed: number;
  /**
   * Draw 1 - u for every uniform u of the run on this seed (Hammersley and Morton 1956): its antithetic twin. A figure
   * that grows with the draws comes out low here where it came out high there, so the mean of the pair varies less.
   */
  readonly antithetic?: boolean;
  /** The workload of `scenario.trace`: loaded, or scanned and left on disk. */
  readonly trace?: ReplayableTrace;
  /** Records telemetry, or measures; none by default, which costs nothing. */
  readonly recorder?: RunObserver;
}

/**
 * One run of one scenario in virtual time: the engine's driver. Pull it:
 *
 *     for (let point = sim.advance(); point; point = sim.advance()) sim.act(policy.decide(point));
 *     const outcome = sim.outcome();
 *
 * Everything goes through this loop: benchmarks, learning, replay. There is no other.
 */
export class Simulation {
  readonly seed: number;
  readonly antithetic: boolean;
  /** Events delivered. */
  events = 0;
  private readonly engine: Engine;
  private readonly world: World;
  private readonly observer: RunObserver | null;
  private ended = false;

  constructor(
    readonly scenario: Scenario,
    { seed, antithetic = false, trace, recorder }: SimulationOptions,
  ) {
    this.seed = seed;
    this.antithetic = antithetic;
    const types = new Names();
    const sources = workloadSources(scenario, seed, trace, types, antithetic);
    this.world = new World(scenario, sources, seed, antithetic, recorder ?? null);
    this.engine = new Engine(scenario, this.world, {
      timeScale: typicalWork(sources),
      observer: recorder ?? null,
      sources: sources.length,
      types: types.list.length,
    });
    // Only who wants to hear of every event is told of every event.
    this.observer = recorder?.stateHeld === undefined ? null : recorder;
    recorder?.attach(this.engine, sources);
    this.world.begin(this.engine);
  }

  /** Virtual time, seconds. */
  get time(): number {
    return this.engine.meter.now;
  }

  /**
   * Runs until a decision is due and gives it, or null when `until` is reached: the horizon, or an earlier moment, from
   * which the run goes on by another call.
   */
  advance(until = Number.POSITIVE_INFINITY): DecisionView | null {
    const { engine, world, observer } = this;
    const { horizon } = this.scenario;
    const limit = Math.min(until, horizon);
    const { calendar } = world;
    for (;;) {
      const point = engine.nextDecision();
      if (point !== null || this.ended) return point;
      const at = calendar.nextAt();
      if (at >= limit) {
        // A run without a horizon stays at its last event: no time goes by where nothing is left to come.
        if (limit < Number.POSITIVE_INFINITY) {
          observer?.stateHeld?.(limit);
          engine.meter.advance(limit);
        }
        this.ended = limit === horizon;
        return null;
      }
      observer?.stateHeld?.(at);
      calendar.take();
      this.events++;
      world.deliver(at);
    }
  }

  /** Takes the decision that `advance` gave: the index of an allowed candidate. */
  act(candidate: number): void {
    this.engine.act(candidate);
  }

  /** The objective accrued since the start of the run, warm-up included: a total, not per workflow. */
  cost(): number {
    return this.engine.meter.charge(this.scenario.objective.weights);
  }

  /** What has accrued since the start of the run, warm-up included: totals, not per workflow. */
  accrued(): { readonly submitted: number; readonly metrics: Readonly<Record<Metric, number>> } {
    const { meter } = this.engine;
    return { submitted: meter.submitted, metrics: meter.totals() };
  }

  /** What came of the run. Only once `advance` has answered null. */
  outcome(): Outcome {
    assert(this.ended, "the outcome was asked for before the run had ended");
    return this.world.outcome(this.seed, this.events);
  }

  /** Decisions taken. */
  get decisions(): number {
    return this.engine.decisions;
  }
}

/** Mean work of the scenario's tasks, seconds: every source counts alike. */
function typicalWork(sources: readonly WorkloadSource[]): number {
  const total = sources.reduce((sum, source) => sum + source.typicalWork, 0);
  return total > 0 ? total / sources.length : 1;
}
