import { Engine } from "../engine/engine.js";
import type { Executor } from "../engine/ports.js";
import { FAILED, SUCCEEDED, TIMED_OUT } from "../engine/ports.js";
import { assert } from "../kit/assert.js";
import type { Distribution } from "../kit/distribution.js";
import { QuantileSketch } from "../kit/quantile-sketch.js";
import { KeyedStream } from "../kit/random.js";
import { type Sampler, sampler } from "../kit/sampler.js";
import type { DecisionView } from "../model/decision-view.js";
import { METRIC_NAMES, type Metric, type Scenario } from "../model/scenario.js";
import type { WorkloadSource } from "../workload/source.js";
import type { TraceColumns } from "../workload/trace/columns.js";
import { Calendar } from "./calendar.js";
import type { Outcome } from "./outcome.js";
import type { Recorder } from "./recorder.js";
import { SharedServers } from "./shared-servers.js";
import { workloadSources } from "./sources.js";

/** Kinds of event. An attempt's end carries its outcome: END + outcome. */
const ARRIVAL = 0;
const BACKOFF_OVER = 1;
const WARMED_UP = 2;
const PATIENCE_OVER = 3;
/** The first of the tasks that share a pool's servers is done. */
const SHARED_END = 4;
const END = 5;

/** A task's draws are keyed by (workflow, task and attempt): this many bits of the second word count attempts. */
const ATTEMPT_BITS = 15;

export interface SimulationOptions {
  /** Any safe integer; with the scenario it determines every draw. */
  readonly seed: number;
  /** The workload of `scenario.trace`, loaded. */
  readonly trace?: TraceColumns;
  /** Telemetry; none by default, which costs nothing. */
  readonly recorder?: Recorder;
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
  /** Events delivered. */
  events = 0;
  private readonly engine: Engine;
  private readonly world: World;
  private ended = false;

  constructor(
    readonly scenario: Scenario,
    { seed, trace, recorder }: SimulationOptions,
  ) {
    this.seed = seed;
    const sources = workloadSources(scenario, seed, trace);
    this.world = new World(scenario, sources, seed);
    this.engine = new Engine(scenario, this.world, typicalWork(sources), recorder ?? null);
    recorder?.attach(this.engine, sources);
    this.world.begin(this.engine);
  }

  /** Virtual time, seconds. */
  get time(): number {
    return this.engine.meter.now;
  }

  /** Runs until a decision is due and gives it, or null when the horizon is reached. */
  advance(): DecisionView | null {
    const { engine, world } = this;
    const { horizon } = this.scenario;
    const { calendar } = world;
    for (;;) {
      const point = engine.nextDecision();
      if (point !== null || this.ended) return point;
      const at = calendar.nextAt();
      if (at >= horizon) {
        engine.meter.advance(horizon);
        this.ended = true;
        return null;
      }
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

  /** What came of the run. Only once `advance` has answered null. */
  outcome(): Outcome {
    assert(this.ended, "the outcome was asked for before the run had ended");
    return this.world.outcome(this);
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

/** The simulated world behind the engine's port: what things take, what fails, and when. */
class World implements Executor {
  readonly calendar = new Calendar();
  private engine!: Engine;
  private readonly work: readonly KeyedStream[];
  private readonly failure: readonly KeyedStream[];
  private readonly jitter: readonly KeyedStream[];
  private readonly patience: readonly KeyedStream[];
  /** When each running attempt will end, and how; for one that is held, the seconds it has left. */
  private endsAt = new Float64Array(64);
  private outcomes = new Uint8Array(64);
  /** Pools whose tasks share the servers; null elsewhere. */
  private shared: readonly (SharedServers | null)[] = [];
  private readonly samplers = new Map<Distribution, Sampler>();
  private readonly flowTimes = new QuantileSketch();
  private readonly waits = new QuantileSketch();
  private before!: Baseline;
  private readonly known: boolean;

  constructor(
    private readonly scenario: Scenario,
    private readonly sources: readonly WorkloadSource[],
    seed: number,
  ) {
    const streams = (purpose: string) =>
      sources.map((source) => KeyedStream.named(seed, `${purpose}/${source.name}`));
    this.work = streams("work");
    this.failure = streams("failure");
    this.jitter = streams("jitter");
    this.patience = streams("patience");
    this.known = scenario.sizes === "known";
  }

  begin(engine: Engine): void {
    this.engine = engine;
    this.before = baseline(engine, 0);
    const { pools } = engine;
    this.shared = pools.names.map((_, p) =>
      pools.sharing[p] === 1 ? new SharedServers(pools.servers[p]!, pools.speed[p]!) : null,
    );
    for (let s = 0; s < this.sources.length; s++) this.scheduleArrival(s);
    if (this.scenario.warmup > 0) this.calendar.schedule(this.scenario.warmup, WARMED_UP, 0);
  }

  deliver(at: number): void {
    const { calendar, engine } = this;
    const { kind, subject, stamp } = calendar;
    switch (kind) {
      case ARRIVAL: {
        const source = this.sources[subject]!;
        engine.submit(at, source.graph(), at + source.deadline(), subject, source.serial);
        source.advance();
        this.scheduleArrival(subject);
        break;
      }
      case BACKOFF_OVER:
        engine.backoffOver(at, subject, stamp);
        break;
      case PATIENCE_OVER:
        engine.patienceOver(at, subject, stamp);
        break;
      case SHARED_END: {
        const servers = this.shared[subject]!;
        // Stale where somebody came or left since: the first to end has then been scheduled anew.
        if (servers.stamp !== stamp) break;
        const attempt = servers.takeFirst(at);
        this.scheduleShared(subject);
        engine.attemptEnded(at, attempt, this.outcomes[attempt]!);
        break;
      }
      case WARMED_UP:
        engine.meter.advance(at);
        for (let p = 0; p < engine.pools.count; p++) settle(engine, p);
        this.before = baseline(engine, at);
        break;
      default: {
        // Stale where the attempt was cancelled: its slot has moved on.
        if (engine.attempts.stamp[subject] !== stamp) break;
        // Among tasks that share their servers, this is a timeout: who was timed out leaves them to the others.
        const pool = engine.attempts.pool[subject]!;
        const servers = this.shared[pool]!;
        if (servers !== null) {
          servers.remove(at, subject);
          this.scheduleShared(pool);
        }
        engine.attemptEnded(at, subject, kind - END);
      }
    }
  }

  sizeOf(task: number): number {
    const { tasks, flows } = this.engine;
    const node = tasks.node[task]!;
    if (this.known) return this.workOf(task, tasks.attempts[task]! + 1);
    return flows.graph[tasks.flow[task]!]!.meanWork[node]!;
  }

  startAttempt(attempt: number): void {
    const { attempts, tasks, flows, pools, meter } = this.engine;
    const task = attempts.task[attempt]!;
    const pool = attempts.pool[attempt]!;
    const flow = tasks.flow[task]!;
    const node = tasks.node[task]!;
    const graph = flows.graph[flow]!;
    if (meter.now >= this.scenario.warmup) this.waits.add(meter.now - tasks.readyAt[task]!);
    const service =
      (this.known ? tasks.size[task]! : this.workOf(task, tasks.attempts[task]!)) / pools.speed[pool]!;
    const timeout = graph.timeout[node]!;
    if (attempt >= this.endsAt.length) this.growAttempts(attempts.task.length);
    const servers = this.shared[pool]!;
    if (servers !== null) {
      const failing = this.fails(task, flow, node, graph.attemptFailure[node]!, pools.attemptFailure[pool]!);
      this.outcomes[attempt] = failing ? FAILED : SUCCEEDED;
      servers.add(meter.now, attempt, service * pools.speed[pool]!);
      this.scheduleShared(pool);
      if (timeout < Number.POSITIVE_INFINITY) {
        this.calendar.schedule(meter.now + timeout, END + TIMED_OUT, attempt, attempts.stamp[attempt]!);
      }
      return;
    }
    if (service > timeout) {
      this.endAt(meter.now + timeout, attempt, TIMED_OUT);
      return;
    }
    const fails = this.fails(task, flow, node, graph.attemptFailure[node]!, pools.attemptFailure[pool]!);
    this.endAt(meter.now + service, attempt, fails ? FAILED : SUCCEEDED);
  }

  cancelAttempt(attempt: number): void {
    const pool = this.engine.attempts.pool[attempt]!;
    const servers = this.shared[pool]!;
    // Elsewhere there is nothing to undo: the engine frees the attempt's slot, which makes its event stale.
    if (servers === null) return;
    servers.remove(this.engine.meter.now, attempt);
    this.scheduleShared(pool);
  }

  pauseAttempt(attempt: number): void {
    this.endsAt[attempt]! -= this.engine.meter.now;
  }

  resumeAttempt(attempt: number): void {
    this.endAt(this.engine.meter.now + this.endsAt[attempt]!, attempt, this.outcomes[attempt]!);
  }

  startPatience(task: number, stamp: number): void {
    const { tasks, flows, meter } = this.engine;
    const flow = tasks.flow[task]!;
    const node = tasks.node[task]!;
    const distribution = flows.graph[flow]!.scheduleToStart![node]!;
    const stream = this.patience[flows.source[flow]!]!;
    const seconds = this.sampler(distribution)(
      stream.at(flows.serial[flow]!, placeOf(node, tasks.attempts[task]! + 1)),
    );
    this.calendar.schedule(meter.now + seconds, PATIENCE_OVER, task, stamp);
  }

  private sampler(distribution: Distribution): Sampler {
    let found = this.samplers.get(distribution);
    if (found === undefined) this.samplers.set(distribution, (found = sampler(distribution)));
    return found;
  }

  private endAt(at: number, attempt: number, outcome: number): void {
    this.endsAt[attempt] = at;
    this.outcomes[attempt] = outcome;
    this.calendar.schedule(at, END + outcome, attempt, this.engine.attempts.stamp[attempt]!);
  }

  private scheduleShared(pool: number): void {
    const servers = this.shared[pool]!;
    servers.stamp++;
    const at = servers.nextEnd();
    if (at < Number.POSITIVE_INFINITY) this.calendar.schedule(at, SHARED_END, pool, servers.stamp);
  }

  private growAttempts(capacity: number): void {
    const endsAt = new Float64Array(capacity);
    endsAt.set(this.endsAt);
    this.endsAt = endsAt;
    const outcomes = new Uint8Array(capacity);
    outcomes.set(this.outcomes);
    this.outcomes = outcomes;
  }

  backOff(task: number, stamp: number, delay: number, jitter: number): void {
    const { tasks, flows, meter } = this.engine;
    let spread = 1;
    if (delay < 0) {
      const flow = tasks.flow[task]!;
      const node = tasks.node[task]!;
      const stream = this.jitter[flows.source[flow]!]!;
      const { draw } = flows.graph[flow]!.retry[node]!.backoff;
      const seconds = this.sampler(draw!)(
        stream.at(flows.serial[flow]!, placeOf(node, tasks.attempts[task]!)),
      );
      this.calendar.schedule(meter.now + seconds, BACKOFF_OVER, task, stamp);
      return;
    }
    if (jitter > 0) {
      const flow = tasks.flow[task]!;
      const stream = this.jitter[flows.source[flow]!]!;
      const u = stream.at(flows.serial[flow]!, placeOf(tasks.node[task]!, tasks.attempts[task]!)).next();
      spread = 1 - jitter + 2 * jitter * u;
    }
    this.calendar.schedule(meter.now + delay * spread, BACKOFF_OVER, task, stamp);
  }

  workflowEnded(flow: number, succeeded: boolean): void {
    const { flows, meter } = this.engine;
    const submitted = flows.submittedAt[flow]!;
    if (succeeded && submitted >= this.scenario.warmup) this.flowTimes.add(meter.now - submitted);
  }

  outcome(sim: Simulation): Outcome {
    const { engine, scenario, before } = this;
    const { meter, flows } = engine;
    for (let p = 0; p < engine.pools.count; p++) settle(engine, p);
    const measured = scenario.horizon - before.at;
    const submitted = meter.submitted - before.submitted;
    const totals = meter.totals();
    // What is overdue and still in the system at the end has missed its deadline too.
    for (let f = 0; f < flows.extent; f++) {
      if (flows.alive[f] === 1 && flows.dueAt[f]! < scenario.horizon) {
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
    const { flowTimes, waits } = this;
    return {
      scenario: scenario.name,
      seed: sim.seed,
      measured,
      workflows: {
        submitted,
        succeeded: meter.succeeded - before.succeeded,
        failed: meter.failures - before.totals.failures,
      },
      metrics,
      objective,
      flowTime: {
        mean: flowTimes.mean,
        p50: flowTimes.quantile(0.5),
        p90: flowTimes.quantile(0.9),
        p95: flowTimes.quantile(0.95),
        p99: flowTimes.quantile(0.99),
      },
      wait: {
        mean: waits.mean,
        p50: waits.quantile(0.5),
        p95: waits.quantile(0.95),
        p99: waits.quantile(0.99),
      },
      pools: engine.pools.names.map((name, p) => ({
        name,
        utilisation: (meter.busyTime[p]! - before.busyTime[p]!) / (measured * engine.pools.servers[p]!),
        meanWaiting: (meter.queueTime[p]! - before.queueTime[p]!) / measured,
      })),
      meanInSystem: (totals.flowTime - before.totals.flowTime) / measured,
      events: sim.events,
      decisions: sim.decisions,
      attempts: meter.attempts - before.attempts,
    };
  }

  private scheduleArrival(source: number): void {
    const at = this.sources[source]!.nextAt;
    if (at < this.scenario.horizon) this.calendar.schedule(at, ARRIVAL, source);
  }

  /** Work of an attempt, a pure function of (seed, workflow, task, attempt). */
  private workOf(task: number, attempt: number): number {
    const { tasks, flows } = this.engine;
    const flow = tasks.flow[task]!;
    const node = tasks.node[task]!;
    const s = flows.source[flow]!;
    const { retry, recordedWork } = flows.graph[flow]!;
    if (recordedWork !== undefined) return recordedWork[node]!;
    const draw = this.sources[s]!.work(node)!;
    const which = retry[node]!.work === "same" ? 1 : attempt;
    return draw(this.work[s]!.at(flows.serial[flow]!, placeOf(node, which)));
  }

  private fails(task: number, flow: number, node: number, own: number, pools: number): boolean {
    if (own === 0 && pools === 0) return false;
    const { tasks, flows } = this.engine;
    const stream = this.failure[flows.source[flow]!]!;
    // One uniform for both causes, whatever the pool: a policy cannot change an attempt's luck, only its odds.
    const u = stream.at(flows.serial[flow]!, placeOf(node, tasks.attempts[task]!)).next();
    return u >= (1 - own) * (1 - pools);
  }
}

const placeOf = (node: number, attempt: number): number => (node << ATTEMPT_BITS) | attempt;

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

function settle({ meter, pools }: Engine, pool: number): void {
  meter.settle(pool, Math.min(pools.running[pool]!, pools.servers[pool]!), pools.waiting[pool]!);
}
