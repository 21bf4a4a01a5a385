import { Engine } from "../engine/engine.js";
import { chargeOverdue } from "../engine/overdue.js";
import { type GraphList, graphList, restoreEngine, saveEngine } from "../engine/snapshot.js";
import { settleAll } from "../engine/stations.js";
import { assert } from "../kit/assert.js";
import { FailureError, InputError } from "../kit/errors.js";
import type { PlainState } from "../kit/plain-state.js";
import { KeyedStream } from "../kit/random.js";
import type { DecisionView } from "../model/decision-view.js";
import { Names } from "../model/names.js";
import { hasRunningCost, type PlacedObjective, placed, readsPools } from "../model/objective.js";
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

/** A whole run as it stands. Plain data; see `Simulation.snapshot`. */
export interface Snapshot {
  readonly version: number;
  readonly scenario: string;
  readonly seed: number;
  readonly antithetic: boolean;
  readonly types: readonly string[];
  readonly events: number;
  readonly ended: boolean;
  readonly engine: PlainState;
  readonly world: PlainState;
  readonly sources: readonly PlainState[];
}

const SNAPSHOT_VERSION = 6;

/** More events than this at one instant are a run that will never end. */
const MOST_AT_ONCE = 10_000_000;

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
  private readonly sources: readonly WorkloadSource[];
  private readonly graphs: GraphList;
  private readonly trace: ReplayableTrace | undefined;
  /** Task types by number; a trace's are added as they are met. */
  private readonly types = new Names();
  private readonly objective: PlacedObjective;
  private readonly settlesPools: boolean;
  private ended = false;
  /** Events so far at the last instant that had several. */
  private atOnce = 0;
  private instant = 0;

  constructor(
    readonly scenario: Scenario,
    { seed, antithetic = false, trace, recorder }: SimulationOptions,
  ) {
    this.seed = seed;
    this.antithetic = antithetic;
    this.trace = trace;
    const { types } = this;
    const { sources, graphs } = workloadSources(scenario, seed, trace, types, antithetic);
    this.sources = sources;
    this.graphs = graphList(graphs);
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
    this.objective = placed(scenario.objective, {
      workflow: numberIn(sources.map(({ name }) => name)),
      pool: numberIn(scenario.pools.map(({ name }) => name)),
      type: (name) => types.number(name),
    });
    this.settlesPools = readsPools(scenario.objective);
    this.world.begin(this.engine, this.objective);
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
    return this.run(until, Number.POSITIVE_INFINITY);
  }

  /**
   * As `advance`, but null also after so many events: for whoever has to look up from a long run now and then. What has been
   * simulated does not depend on how often that is. `over` tells whether the run has ended.
   */
  advanceBy(events: number, until = Number.POSITIVE_INFINITY): DecisionView | null {
    return this.run(until, this.events + events);
  }

  /** Whether the horizon was reached. */
  get over(): boolean {
    return this.ended;
  }

  private run(until: number, mostEvents: number): DecisionView | null {
    const { engine, world, observer } = this;
    const { horizon } = this.scenario;
    const limit = Math.min(until, horizon);
    const { calendar } = world;
    for (;;) {
      const point = engine.nextDecision();
      if (point !== null || this.ended) return point;
      calendar.look();
      const at = calendar.nextAt;
      if (at <= engine.meter.now) this.count();
      if (at >= limit) {
        // A run without a horizon stays at its last event: no time goes by where nothing is left to come.
        if (limit < Number.POSITIVE_INFINITY) {
          observer?.stateHeld?.(limit);
          engine.meter.advance(limit);
        }
        this.ended = limit === horizon;
        if (this.ended) chargeOverdue(engine.state);
        return null;
      }
      if (this.events >= mostEvents) return null;
      observer?.stateHeld?.(at);
      calendar.take();
      observer?.eventDue?.(calendar.kind, calendar.subject);
      this.events++;
      world.deliver();
    }
  }

  /** Takes the decision that `advance` gave: the index of an allowed candidate. */
  act(candidate: number): void {
    this.engine.act(candidate);
  }

  /** Time goes by in which nothing happens: all that was to come is forgotten. With `happen`, for who asks what would follow. */
  hold(seconds: number): void {
    this.world.calendar.clear();
    this.engine.meter.advance(this.time + seconds);
  }

  /**
   * An event (`event-kinds.ts`) happens now, in place of all that was to come, which is forgotten. Ends of attempts are told
   * with their outcome, a change of the arrivals' phase with the next one.
   * @returns the decision that is due then, if any
   */
  happen(kind: number, subject: number, detail = 0): DecisionView | null {
    this.world.happen(this.time, kind, subject, detail);
    return this.engine.nextDecision();
  }

  /**
   * What the objective has cost since the start of the run, warm-up included: its value for the mean workflow so far,
   * times the workflows submitted. At the end of a run without warm-up it is `outcome().objective` times those.
   * @throws {InputError} NO_RUNNING_COST where the objective can only be said of a whole run, or has no finite value
   */
  cost(): number {
    const { engine, scenario } = this;
    requireRunningCost(scenario);
    if (this.settlesPools) settleAll(engine.state);
    const cost = engine.meter.charge(this.objective);
    if (Number.isFinite(cost)) return cost;
    throw new InputError("NO_RUNNING_COST", {
      what: `the objective \`${scenario.objective.expression}\` is ${cost} at ${this.time} s`,
      where: `scenario ${scenario.name}, seed ${this.seed}`,
      mend: "keep it finite: log1p(x) for log(x), a / max(b, 1) for a / b",
    });
  }

  /** What has accrued since the start of the run, warm-up included: totals, not per workflow. */
  accrued(): { readonly submitted: number; readonly metrics: Readonly<Record<Metric, number>> } {
    const { meter, state } = this.engine;
    settleAll(state);
    return { submitted: meter.submitted, metrics: meter.totals() };
  }

  /** What came of the run. Only once `advance` has answered null. */
  outcome(): Outcome {
    assert(this.ended, "the outcome was asked for before the run had ended");
    return this.world.outcome(this.seed, this.events);
  }

  /**
   * The whole run as it stands, also where a decision is due: plain data, which `structuredClone` and `v8.serialize` can
   * copy. A simulation of the same scenario and trace that is put into it goes on to the same bits. The recorder and the
   * policy are not in it: whoever has them saves them too.
   */
  snapshot(): Snapshot {
    const { engine, world, sources, graphs, events, ended, seed, antithetic } = this;
    return {
      version: SNAPSHOT_VERSION,
      scenario: this.scenario.name,
      seed,
      antithetic,
      types: [...this.types.list],
      events,
      ended,
      engine: saveEngine(engine, graphs),
      world: world.save(),
      sources: sources.map((source) => source.save()),
    };
  }

  /**
   * Goes on from a snapshot of a run of the same scenario and trace.
   * @param streams `common` draws what the run that was saved would have drawn; `fresh` draws anew by this simulation's own
   *   seed: another future of the same present. What had been drawn (work in service, the next arrival) stays.
   * @throws {InputError} BAD_SNAPSHOT where it is of another version, scenario or seed
   */
  restore(snapshot: Snapshot, streams: "common" | "fresh" = "common"): void {
    const { version, scenario, seed, antithetic } = snapshot;
    const common = streams === "common";
    const differs =
      version !== SNAPSHOT_VERSION
        ? `is of version ${version}, and this build writes ${SNAPSHOT_VERSION}`
        : scenario !== this.scenario.name
          ? `is of scenario ${scenario}`
          : common && (seed !== this.seed || antithetic !== this.antithetic)
            ? `is of seed ${seed}${antithetic ? ", antithetic" : ""}`
            : null;
    if (differs !== null) {
      throw new InputError("BAD_SNAPSHOT", {
        what: `the snapshot ${differs}`,
        where: `simulation of ${this.scenario.name}, seed ${this.seed}`,
        mend: "restore it into a simulation made with the same build, scenario and seed, or with fresh streams",
      });
    }
    const spared = (held: object) => !common && held instanceof KeyedStream;
    for (const name of snapshot.types) this.types.number(name);
    this.events = snapshot.events;
    this.ended = snapshot.ended;
    restoreEngine(this.engine, snapshot.engine, this.graphs);
    this.world.restore(snapshot.world, spared);
    this.sources.forEach((source, s) => {
      source.restore(snapshot.sources[s]!, spared);
    });
  }

  /**
   * Another simulation that stands where this one does, for what-if futures: the two go on independently.
   * @param seed draws come from this seed from here on; without it, both see the same
   * @param recorder listens to the twin; it is told of nothing before the fork
   */
  fork({ seed, recorder }: { readonly seed?: number; readonly recorder?: RunObserver } = {}): Simulation {
    const { scenario, antithetic, trace } = this;
    const twin = new Simulation(scenario, {
      seed: seed ?? this.seed,
      antithetic,
      ...(trace === undefined ? {} : { trace }),
      ...(recorder === undefined ? {} : { recorder }),
    });
    twin.restore(this.snapshot(), seed === undefined ? "common" : "fresh");
    return twin;
  }

  /**
   * Draws anew, from this simulation's own streams, what a policy cannot know now: what is left of work in service, given its
   * age, and when the next workflow comes, of arrivals without memory. A fork with a seed of its own is then a fair future: it
   * no longer shows what this run will bring. What stays is said at `World.redraw`.
   */
  redraw(): void {
    this.world.redraw();
  }

  /**
   * A run that stays where it is for ever, by its scenario or its policy, is told apart from one that takes long.
   * @throws {FailureError} RUNAWAY
   */
  private count(): void {
    const { time } = this;
    if (time !== this.instant) {
      this.instant = time;
      this.atOnce = 0;
    }
    if (++this.atOnce < MOST_AT_ONCE) return;
    throw new FailureError("RUNAWAY", {
      what: `${MOST_AT_ONCE} events happened at ${time} s, and time did not go on`,
      where: `scenario ${this.scenario.name}, seed ${this.seed}, decision ${this.decisions}`,
      mend: "look for retries without a back-off, loops without work, or a policy that undoes what it did",
    });
  }

  /** The decision that is due, if one is. */
  get pending(): DecisionView | null {
    return this.engine.pending ? this.engine.point : null;
  }

  /** Decisions taken. */
  get decisions(): number {
    return this.engine.decisions;
  }
}

/** @throws {InputError} NO_RUNNING_COST where the objective can only be said of a whole run */
export function requireRunningCost({ name, objective }: Scenario): void {
  if (hasRunningCost(objective)) return;
  throw new InputError("NO_RUNNING_COST", {
    what: `the objective \`${objective.expression}\` can only be said of a whole run, so there is no cost of a decision`,
    where: `scenario ${name}`,
    mend: "to learn, minimize what accrues: tardiness or squaredFlowTime for quantiles, busyTime / onTime for utilisation",
  });
}

const numberIn =
  (names: readonly string[]) =>
  (name: string): number => {
    const number = names.indexOf(name);
    assert(number >= 0, `the objective names ${name}, which is not in the scenario`);
    return number;
  };

/** Mean work of the scenario's tasks, seconds: every source counts alike. */
function typicalWork(sources: readonly WorkloadSource[]): number {
  const total = sources.reduce((sum, source) => sum + source.typicalWork, 0);
  return total > 0 ? total / sources.length : 1;
}
