import type { Engine } from "../engine/engine.js";
import { type Executor, FAILED, SUCCEEDED, TIMED_OUT } from "../engine/ports.js";
import type { Distribution } from "../kit/distribution.js";
import { KeyedStream } from "../kit/random.js";
import { type Sampler, sampler } from "../kit/sampler.js";
import type { Scenario } from "../model/scenario.js";
import type { WorkloadSource } from "../workload/source.js";
import { Calendar } from "./calendar.js";
import { Measurement } from "./measurement.js";
import type { Outcome } from "./outcome.js";
import { SharedServers } from "./shared-servers.js";

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

/** The simulated world behind the engine's port: what things take, what fails, and when. */
export class World implements Executor {
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
  private measurement!: Measurement;
  private readonly known: boolean;

  constructor(
    private readonly scenario: Scenario,
    private readonly sources: readonly WorkloadSource[],
    seed: number,
    antithetic = false,
  ) {
    const streams = (purpose: string) =>
      sources.map((source) => KeyedStream.named(seed, `${purpose}/${source.name}`, 0, antithetic));
    this.work = streams("work");
    this.failure = streams("failure");
    this.jitter = streams("jitter");
    this.patience = streams("patience");
    this.known = scenario.sizes === "known";
  }

  begin(engine: Engine): void {
    this.engine = engine;
    const names = this.sources.map((source) => source.name);
    this.measurement = new Measurement(this.scenario, engine, names);
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
        // Void where a workflow's end has since brought the next submission forward.
        if (source.nextAt !== at) break;
        const { serial } = source;
        const graph = source.graph();
        const due = at + source.deadline();
        source.advance();
        engine.submit(at, graph, due, subject, serial);
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
        this.measurement.begin(at);
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
    this.measurement.started(meter.now - tasks.readyAt[task]!);
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
    const s = flows.source[flow]!;
    if (succeeded) this.measurement.succeeded(s, flows.submittedAt[flow]!);
    if (this.sources[s]!.workflowEnded?.(meter.now, flows.serial[flow]!) === true) this.scheduleArrival(s);
  }

  /** The figures of the run, which has ended. */
  outcome(seed: number, events: number): Outcome {
    return this.measurement.outcome(seed, events);
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
