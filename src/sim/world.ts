import { PREPARING, STRAGGLING } from "../engine/attempt-table.js";
import type { Engine } from "../engine/engine.js";
import { type Clock, type Executor, FAILED, SUCCEEDED, type Submission, TIMED_OUT } from "../engine/ports.js";
import { COPY } from "../engine/progress.js";
import { affinity } from "../engine/stations.js";
import type { Distribution } from "../kit/distribution.js";
import { mapped } from "../kit/mapped.js";
import { type PlainState, plainState, restorePlainState } from "../kit/plain-state.js";
import { QuantileSketch } from "../kit/quantile-sketch.js";
import { KeyedStream } from "../kit/random.js";
import { type Sampler, sampler } from "../kit/sampler.js";
import type { PlacedObjective } from "../model/objective.js";
import { type CacheUse, type RecordedBlocks, type Scenario, specsOf } from "../model/scenario.js";
import type { TaskGraph } from "../model/task-graph.js";
import type { WorkloadSource } from "../workload/source.js";
import { BlockCache } from "./block-cache.js";
import { Calendar } from "./calendar.js";
import {
  ARRIVAL,
  BACKOFF_OVER,
  BROKE,
  BROKE_UNDER,
  CHANGED_OVER,
  CLEANED_UP,
  DRAIN_BEGINS,
  DRAIN_ENDS,
  END,
  HEDGE_DUE,
  MENDED,
  MENDED_FOR_NOW,
  PATIENCE_OVER,
  PHASE,
  SCALE_DUE,
  SERVER_RETIRES,
  SERVER_STARTED,
  SHARED_END,
  SKY,
  STRAGGLES,
  TOKENS_BACK,
  WARMED_UP,
  WORKFLOW_TIMEOUT,
} from "./event-kinds.js";
import { LeastAttained } from "./least-attained.js";
import { Measurement } from "./measurement.js";
import type { Outcome } from "./outcome.js";
import { SharedServers, type Sharing } from "./shared-servers.js";
import { Sky, type SkyWatcher } from "./sky.js";
import { WorkAhead } from "./work-ahead.js";

/** A task's draws are keyed by (workflow, spec and attempt): this many bits of the second word count attempts. */
const ATTEMPT_BITS = 15;

/** More instances of a task than this are a mistake of the distribution they are drawn from. */
const MOST_INSTANCES = 1_000_000;

/** Draws after which work that has been served for so long is taken to be the last of its kind, and stays. */
const MOST_TRIES = 4096;

/** Latencies of a type that must have been seen before one of their quantiles says when an attempt is late. */
const ENOUGH_LATENCIES = 20;

/** Kinds of event that go stale, besides ends of attempts, and are swept from the calendar then. */
const GO_STALE: readonly number[] = [
  PATIENCE_OVER,
  BACKOFF_OVER,
  WORKFLOW_TIMEOUT,
  HEDGE_DUE,
  SHARED_END,
  STRAGGLES,
  BROKE_UNDER,
  CHANGED_OVER,
];

/** The simulated world behind the engine's port: what things take, what fails, and when. */
export class World implements Executor {
  readonly calendar = new Calendar(64, (kind, subject, stamp) => this.fetch(kind, subject, stamp));
  readonly clock: Clock = this.calendar;
  private readonly coming = new Coming();
  private engine!: Engine;
  private readonly work: readonly KeyedStream[];
  private readonly ahead: readonly (WorkAhead | null)[];
  private readonly failure: readonly KeyedStream[];
  private readonly jitter: readonly KeyedStream[];
  private readonly patience: readonly KeyedStream[];
  private readonly timeouts: readonly KeyedStream[];
  private readonly counts: readonly KeyedStream[];
  private readonly answers: readonly KeyedStream[];
  private readonly hedges: readonly KeyedStream[];
  private readonly straggling: readonly KeyedStream[];
  private readonly caching: readonly KeyedStream[];
  private readonly changing: readonly KeyedStream[];
  /** By pool: what befalls its servers, and how long their starts and ends take. */
  private readonly breaking: readonly KeyedStream[];
  private readonly starting: readonly KeyedStream[];
  /**
   * Of each attempt: when it will have been served if nothing comes between, when its time is out, and how it ends if it is
   * served; while it is held, the seconds left of both. `version` changes whenever its end is another one.
   */
  private servedAt = new Float64Array(64);
  private timesOutAt = new Float64Array(64);
  private outcomes = new Uint8Array(64);
  private version = new Int32Array(64);
  /** Seconds of service in all, and the rate at which they, and those that are left, are reckoned. */
  private whole = new Float64Array(64);
  private rate = new Float64Array(64);
  /** When its server breaks under it, where that may be, if it is still there then. */
  private breaksAt = new Float64Array(64);
  /** How often a server has changed over for it. */
  private changes = new Int32Array(64);
  /** Pools whose tasks share the servers; null elsewhere. */
  private shared: readonly (Sharing | null)[] = [];
  /** Whether there are any such. */
  private shares = false;
  private readonly caches: readonly (BlockCache | null)[];
  /** Of the task last asked about. Reused. */
  private blocks = new Float64Array(0);
  /** Latencies by task type, where a hedge asks for their quantiles. */
  private readonly latencies: QuantileSketch[] = [];
  private readonly samplers = new Map<object, Sampler>();
  private readonly sky: Sky;
  /** What `fetch` has read. */
  private fetched = 0;
  private measurement!: Measurement;
  private readonly known: boolean;
  /** Whether attempts can be other than their work over the pool's speed. */
  private readonly plain: boolean;
  private readonly learnsLatencies: boolean;
  /** Whether the phase of any arrivals is observed. */
  private readonly seesPhases: boolean;
  /** Whether attempts or workflows leave timers behind when they end: patience, hedges, timeouts and the like. */
  private readonly leavesTimers: boolean;

  constructor(
    private readonly scenario: Scenario,
    private readonly sources: readonly WorkloadSource[],
    seed: number,
    antithetic = false,
    watcher: SkyWatcher | null = null,
  ) {
    const named = (purpose: string, name: string) =>
      KeyedStream.named(seed, `${purpose}/${name}`, 0, antithetic);
    const streams = (purpose: string) => mapped(sources, ({ name }) => named(purpose, name));
    this.work = streams("work");
    this.ahead = mapped(sources, ({ template }, s) =>
      template === undefined ? null : new WorkAhead(template, this.work[s]!, (spec) => placeOf(spec, 1)),
    );
    this.failure = streams("failure");
    this.jitter = streams("jitter");
    this.patience = streams("patience");
    this.timeouts = streams("timeout");
    this.counts = streams("count");
    this.answers = streams("answer");
    this.hedges = streams("hedge");
    this.straggling = streams("straggle");
    this.caching = streams("cache");
    this.changing = streams("changeover");
    const { pools, transfers, weather = [], workflows } = scenario;
    this.breaking = mapped(pools, ({ name }) => named("breakdown", name));
    this.starting = mapped(pools, ({ name }) => named("setup", name));
    this.caches = mapped(pools, ({ cacheBlocks }) =>
      cacheBlocks === undefined ? null : new BlockCache(cacheBlocks),
    );
    this.known = scenario.sizes === "known";
    const specs = workflows.flatMap(({ tasks }) => specsOf(tasks));
    this.learnsLatencies = specs.some(({ hedge }) => hedge?.after !== undefined && "quantile" in hedge.after);
    this.plain =
      transfers === undefined &&
      weather.length === 0 &&
      pools.every(
        ({ stragglers, breakdown, loadFailure, cacheBlocks }) =>
          stragglers === undefined &&
          breakdown === undefined &&
          loadFailure === undefined &&
          cacheBlocks === undefined,
      ) &&
      specs.every(
        ({ hedge, changeover, speeds }) =>
          hedge === undefined && changeover === undefined && speeds === undefined,
      );
    this.leavesTimers =
      !this.plain ||
      pools.some(({ discipline }) => discipline === "ps" || discipline === "las") ||
      workflows.some(({ timeout }) => timeout !== undefined) ||
      specs.some(({ scheduleToStart }) => scheduleToStart !== undefined);
    this.seesPhases = sources.some(({ phase }) => phase !== undefined);
    this.sky = new Sky(weather, pools.length, (name) => named("weather", name), watcher);
  }

  begin(engine: Engine, objective: PlacedObjective): void {
    this.engine = engine;
    const names = mapped(this.sources, ({ name }) => name);
    this.measurement = new Measurement(this.scenario, engine, names, objective);
    const { pools } = engine;
    const { calendar } = this;
    this.shared = mapped(pools.discipline, (discipline, p) => {
      if (pools.sharing[p] === 0) return null;
      const Kind = discipline === "las" ? LeastAttained : SharedServers;
      return new Kind(pools.servers[p]!, pools.speed[p]!);
    });
    this.shares = this.shared.some((servers) => servers !== null);
    for (let s = 0; s < this.sources.length; s++) {
      const phase = this.sources[s]!.phase;
      if (phase !== undefined) engine.arrivalPhase(s, phase.now, phase.rate);
      this.scheduleArrival(s);
    }
    if (this.scenario.warmup > 0) calendar.schedule(this.scenario.warmup, WARMED_UP, 0);
    this.scenario.pools.forEach(({ breakdown, drain = [], scaling, servers }, p) => {
      if (breakdown?.mode === "always") {
        for (let i = 0; i < servers; i++) {
          calendar.schedule(this.sampler(breakdown.every)(this.breaking[p]!), BROKE, p);
        }
      }
      for (const { from, until } of drain) {
        calendar.schedule(from, DRAIN_BEGINS, p);
        calendar.schedule(until, DRAIN_ENDS, p);
      }
      if (scaling !== undefined) calendar.schedule(scaling.every, SCALE_DUE, p);
      if (scaling?.idleTimeout !== undefined) {
        engine.serversIdle(p);
      }
    });
    this.sky.begin(
      (at, weather) => calendar.schedule(at, SKY, weather),
      (d) => this.sampler(d),
    );
  }

  /** The event that the calendar took happens. Its time is read there: handed on, a double would be allocated. */
  deliver(): void {
    const { kind, subject, stamp } = this.calendar;
    if (kind === ARRIVAL) this.arrive(subject);
    else if (kind < END) this.befall(kind, subject, stamp);
    // Stale where the attempt was cancelled, held, slowed down or served meanwhile.
    else if (this.version[subject] === stamp) {
      // Among tasks that share their servers, this is a timeout: who was timed out leaves them to the others.
      if (this.shares) this.leaveShared(this.calendar.at, subject);
      this.end(subject, kind - END);
    }
  }

  /**
   * An event happens now in place of all that was to come, which is forgotten: for who asks what would follow. Of what is
   * told by more than its subject it is the first that there is.
   * @param detail of an arrivals' phase the next one; nothing of others
   */
  happen(at: number, kind: number, subject: number, detail: number): void {
    const { calendar, engine } = this;
    calendar.clear();
    calendar.at = at;
    if (kind === ARRIVAL) this.submitNext(subject);
    else if (kind === PHASE)
      engine.arrivalPhase(subject, detail, this.sources[subject]!.phase!.rateIn(detail));
    else if (kind < END) this.befall(kind, subject, this.stampOf(kind, subject));
    else this.finish(subject, kind - END);
    calendar.clear();
  }

  private leaveShared(at: number, attempt: number): void {
    const pool = this.engine.attempts.pool[attempt]!;
    const servers = this.shared[pool]!;
    if (servers === null) return;
    servers.remove(at, attempt);
    this.scheduleShared(pool);
  }

  /**
   * An attempt ends soon: what that reads is fetched into the cache. Where a million are live, most of it is not there; at the end
   * itself what is read would wait for what was read before, and of all that end soon it is fetched at once.
   */
  private fetch(kind: number, attempt: number, stamp: number): void {
    if (kind < END || this.version[attempt] !== stamp) return;
    const { attempts, tasks, flows } = this.engine;
    const task = attempts.task[attempt]!;
    const flow = tasks.flow[task]!;
    this.fetched += attempts.fetch(attempt) + tasks.fetch(task) + flows.fetch(flow);
  }

  private arrive(which: number): void {
    // Void where a workflow's end has since brought the next submission forward.
    if (this.sources[which]!.nextAt !== this.calendar.at) return;
    this.submitNext(which);
    this.scheduleArrival(which);
  }

  private submitNext(which: number): void {
    const source = this.sources[which]!;
    const { coming } = this;
    coming.graph = source.graph();
    coming.dueAt = this.calendar.at + source.deadline();
    coming.source = which;
    coming.serial = source.serial;
    source.advance();
    this.engine.submit(coming);
  }

  private befall(kind: number, subject: number, stamp: number): void {
    const { calendar, engine } = this;
    const { at } = calendar;
    switch (kind) {
      case BACKOFF_OVER:
        engine.backoffOver(subject, stamp);
        break;
      case PATIENCE_OVER:
        engine.patienceOver(subject, stamp);
        break;
      case SHARED_END: {
        const servers = this.shared[subject]!;
        // Stale where somebody came or left since: what happens first has then been scheduled anew.
        if (servers.stamp !== stamp) break;
        const attempt = servers.takeFirst(at);
        this.scheduleShared(subject);
        if (attempt >= 0) this.end(attempt, this.outcomes[attempt]!);
        break;
      }
      case WARMED_UP:
        this.measurement.begin(at);
        break;
      case WORKFLOW_TIMEOUT:
        engine.workflowTimedOut(subject, stamp);
        break;
      case HEDGE_DUE:
        engine.hedgeDue(subject, stamp);
        break;
      case CLEANED_UP:
        engine.cleanedUp(subject, stamp);
        break;
      case STRAGGLES:
        if (this.version[subject] === stamp) this.straggles(at, subject);
        break;
      case SERVER_STARTED:
        engine.serverStarted(subject, stamp);
        break;
      case SERVER_RETIRES:
        engine.serverRetires(subject, stamp);
        break;
      case SCALE_DUE: {
        engine.scaleDue(subject);
        const { every } = this.scenario.pools[subject]!.scaling!;
        if (every > 0) calendar.schedule(at + every, SCALE_DUE, subject);
        break;
      }
      case TOKENS_BACK:
        engine.tokensBack(subject);
        break;
      case BROKE: {
        const { lasts, interrupted } = this.scenario.pools[subject]!.breakdown!;
        const stream = this.breaking[subject]!;
        const which = stream.next();
        calendar.schedule(at + this.sampler(lasts)(stream), MENDED, subject);
        engine.serverBroke(subject, which, interrupted);
        break;
      }
      case MENDED: {
        const { every } = this.scenario.pools[subject]!.breakdown!;
        calendar.schedule(at + this.sampler(every)(this.breaking[subject]!), BROKE, subject);
        engine.serverMended(subject);
        break;
      }
      case BROKE_UNDER: {
        if (this.version[subject] !== stamp) break;
        const pool = engine.attempts.pool[subject]!;
        const { lasts, interrupted } = this.scenario.pools[pool]!.breakdown!;
        calendar.schedule(at + this.sampler(lasts)(this.breaking[pool]!), MENDED_FOR_NOW, pool);
        engine.serverBrokeUnder(subject, interrupted);
        break;
      }
      case MENDED_FOR_NOW:
        engine.serverMended(subject);
        break;
      case DRAIN_BEGINS:
      case DRAIN_ENDS:
        engine.drain(subject, kind === DRAIN_BEGINS);
        break;
      case SKY:
        this.skyChanges(at, subject);
        break;
      case PHASE: {
        const phase = this.sources[subject]!.phase!;
        phase.change();
        engine.arrivalPhase(subject, phase.now, phase.rate);
        this.schedulePhase(subject);
        break;
      }
      case CHANGED_OVER:
        // The end of its work is that of another start, and so is stale; what is left of it begins with the next.
        if (this.version[subject] !== stamp) break;
        engine.attempts.mark(PREPARING, subject, false);
        engine.changedOver(subject);
        break;
    }
  }

  // ---------------------------------------------------------------------------------------------- attempts

  sizeOf(task: number): number {
    const { tasks, flows } = this.engine;
    const flow = tasks.flow[task]!;
    const spec = tasks.spec[task]!;
    return this.workOf(flows.graph[flow]!, flow, spec, tasks.attempts[task]! + 1);
  }

  startAttempt(attempt: number): void {
    const { attempts, tasks, flows, pools, meter } = this.engine;
    const task = attempts.task[attempt]!;
    const pool = attempts.pool[attempt]!;
    const flow = tasks.flow[task]!;
    const spec = tasks.spec[task]!;
    const graph = flows.graph[flow]!;
    this.measurement.started(task);
    if (this.known) drawn[0] = tasks.size[task]!;
    else this.drawWork(graph, flow, spec, tasks.attempts[task]!);
    const work = drawn[0]!;
    if (attempt >= this.servedAt.length) this.growAttempts(attempts.task.length);
    const rate = this.plain ? pools.speed[pool]! : this.rateOf(task, pool);
    let changeover = 0;
    if (!this.plain) {
      this.changes[attempt] = 0;
      changeover = this.changeOver(attempt, task, pool);
      if (changeover > 0 && this.reconsiders(pool)) attempts.mark(PREPARING, attempt);
    }
    const service = this.plain ? work / rate : changeover + this.serviceOf(task, pool, work, rate);
    const timeout = graph.timeout[spec]!;
    const outcome = this.fails(graph, task, flow, spec, pool) ? FAILED : SUCCEEDED;
    const servers = this.shares ? this.shared[pool]! : null;
    // What can only run to its end needs no more than its end.
    if (this.plain && servers === null && pools.special[pool] === 0) {
      const out = service > timeout;
      this.calendar.when = meter.now + (out ? timeout : service);
      this.calendar.enter(END + (out ? TIMED_OUT : outcome), attempt, this.version[attempt]!);
      return;
    }
    this.whole[attempt] = service;
    this.rate[attempt] = rate;
    this.outcomes[attempt] = outcome;
    this.timesOutAt[attempt] = meter.now + timeout;
    if (servers !== null) {
      servers.add(meter.now, attempt, service * pools.speed[pool]!);
      this.scheduleShared(pool);
      if (timeout < Number.POSITIVE_INFINITY) {
        this.calendar.schedule(meter.now + timeout, END + TIMED_OUT, attempt, this.version[attempt]!);
      }
      return;
    }
    this.servedAt[attempt] = meter.now + service;
    if (changeover > 0 && this.reconsiders(pool))
      this.calendar.schedule(meter.now + changeover, CHANGED_OVER, attempt, this.version[attempt]!);
    this.scheduleEnd(attempt);
    if (!this.plain) this.watch(attempt, task, pool);
  }

  /** Whether an event of the calendar is one that will be passed over when its time comes. */
  private readonly isStale = (kind: number, subject: number, stamp: number): boolean =>
    (kind >= END || GO_STALE.includes(kind)) && this.stampOf(kind, subject) !== stamp;

  /** The stamp of events of a kind that are not stale; of servers that start or retire, the number of the first. */
  private stampOf(kind: number, subject: number): number {
    const { tasks, flows, attempts, pools } = this.engine;
    switch (kind) {
      case PATIENCE_OVER:
      case BACKOFF_OVER:
        return tasks.stamp[subject]!;
      case WORKFLOW_TIMEOUT:
        return flows.stamp[subject]!;
      case HEDGE_DUE:
      case CLEANED_UP:
        return attempts.stamp[subject]!;
      case SHARED_END:
        return this.shared[subject]!.stamp;
      case SERVER_STARTED:
        return pools.startingServers[subject]![0]!;
      case SERVER_RETIRES:
        return pools.idleServers[subject]![0]!;
      default:
        return this.version[subject]!;
    }
  }

  cancelAttempt(attempt: number): void {
    this.version[attempt]!++;
    this.calendar.cancelled(this.isStale);
    if (this.shares) this.leaveShared(this.engine.meter.now, attempt);
  }

  pauseAttempt(attempt: number): void {
    this.version[attempt]!++;
    this.calendar.cancelled(this.isStale);
    this.servedAt[attempt]! -= this.engine.meter.now;
    this.timesOutAt[attempt]! -= this.engine.meter.now;
  }

  resumeAttempt(attempt: number): void {
    const { attempts, meter } = this.engine;
    const task = attempts.task[attempt]!;
    const pool = attempts.pool[attempt]!;
    const rate = this.plain ? this.engine.pools.speed[pool]! : this.rateOf(task, pool);
    const before = this.rate[attempt]!;
    // The seconds left were reckoned at another rate where it goes on in another pool, or at another speed.
    if (rate !== before) {
      this.servedAt[attempt]! *= before / rate;
      this.whole[attempt]! *= before / rate;
      this.rate[attempt] = rate;
    }
    this.servedAt[attempt]! += meter.now;
    this.timesOutAt[attempt]! += meter.now;
    if (!this.plain && this.reconsiders(pool)) {
      const changeover = this.changeOver(attempt, task, pool);
      this.servedAt[attempt]! += changeover;
      attempts.mark(PREPARING, attempt, changeover > 0);
      if (changeover > 0)
        this.calendar.schedule(meter.now + changeover, CHANGED_OVER, attempt, this.version[attempt]!);
    }
    this.scheduleEnd(attempt);
    if (!this.plain) this.watch(attempt, task, pool);
  }

  rewindAttempt(attempt: number): void {
    this.servedAt[attempt] = this.whole[attempt]!;
  }

  private scheduleEnd(attempt: number): void {
    const { calendar } = this;
    const served = this.servedAt[attempt]!;
    const limit = this.timesOutAt[attempt]!;
    const out = served > limit;
    calendar.when = out ? limit : served;
    calendar.enter(END + (out ? TIMED_OUT : this.outcomes[attempt]!), attempt, this.version[attempt]!);
  }

  private end(attempt: number, served: number): void {
    this.finish(attempt, served === SUCCEEDED && !this.plain && this.failsAtLast(attempt) ? FAILED : served);
  }

  private finish(attempt: number, outcome: number): void {
    const { calendar } = this;
    this.version[attempt]!++;
    if (this.leavesTimers) calendar.cancelled(this.isStale);
    if (this.learnsLatencies && outcome === SUCCEEDED) this.learnLatency(attempt);
    this.engine.attemptEnded(attempt, outcome);
  }

  /**
   * How long the first copy of an attempt took. One that its second copy overtakes counts for as long as it ran: longer than
   * the quantile at which it was hedged, as it would have been, so that a quantile q hedges a share 1 - q.
   */
  private learnLatency(attempt: number): void {
    const { attempts, tasks, flows } = this.engine;
    const task = attempts.task[attempt]!;
    const first = tasks.copy[task] === 1 ? tasks.attempt[tasks.twin[task]!]! : attempt;
    // A first copy that has failed says nothing of how long it takes to succeed.
    if (first < 0) return;
    const type = flows.graph[tasks.flow[task]!]!.type[tasks.spec[task]!]!;
    while (this.latencies.length <= type) this.latencies.push(new QuantileSketch());
    this.latencies[type]!.add(this.calendar.at - attempts.begunAt[first]!);
  }

  /** Whether weather that judges attempts at their end has this one fail. */
  private failsAtLast(attempt: number): boolean {
    const { attempts, tasks, flows } = this.engine;
    const failure = this.sky.failureAtEnd(attempts.pool[attempt]!);
    if (failure === 0) return false;
    const task = attempts.task[attempt]!;
    const flow = tasks.flow[task]!;
    const stream = this.failure[flows.source[flow]!]!;
    const place = placeOf(tasks.spec[task]!, tasks.attempts[task]!);
    return stream.at(flows.key[flow]! ^ 0xe4d5, place).next() < failure;
  }

  /** Work done in a second of service. */
  private rateOf(task: number, pool: number): number {
    return affinity(this.engine.state, task, pool) * this.engine.pools.speed[pool]!;
  }

  /** Seconds that an attempt takes if nothing comes between: its work, and what comes with where and when it runs. */
  private serviceOf(task: number, pool: number, work: number, rate: number): number {
    const { tasks, flows, meter } = this.engine;
    const flow = tasks.flow[task]!;
    const graph = flows.graph[flow]!;
    const spec = tasks.spec[task]!;
    const source = flows.source[flow]!;
    const place = placeOf(spec, tasks.attempts[task]!);
    let seconds = work / rate;
    const cache = this.caches[pool]!;
    const use = graph.caches?.[spec];
    if (cache !== null && use !== undefined) {
      const blocks = this.blocksOf(task, use);
      const hits = cache.use(blocks);
      meter.cacheLookups += blocks.length;
      meter.cacheHits += hits;
      if (blocks.length > 0) seconds *= 1 - (use.saving * hits) / blocks.length;
    }
    const { stragglers } = this.scenario.pools[pool]!;
    if (stragglers !== undefined && "share" in stragglers) {
      const stream = this.straggling[source]!.at(flows.key[flow]!, place);
      if (stream.next() < stragglers.share) seconds *= this.sampler(stragglers.slowdown)(stream);
    }
    seconds *= this.sky.slowdown(pool, this.straggling[source]!, flows.key[flow]!, place, (d) =>
      this.sampler(d),
    );
    return seconds + this.transferSeconds(task, pool, graph);
  }

  /** Seconds to prepare the server for the attempt; it is then of its type. */
  private changeOver(attempt: number, task: number, pool: number): number {
    const { tasks, flows, pools } = this.engine;
    const flow = tasks.flow[task]!;
    const graph = flows.graph[flow]!;
    const spec = tasks.spec[task]!;
    const changeover = graph.changeovers?.[spec];
    if (changeover === undefined) return 0;
    const type = graph.type[spec]!;
    if (pools.lastType[pool] === type) return 0;
    pools.lastType[pool] = type;
    // Each time anew: what the first one took says nothing of the next.
    const key = flows.key[flow]! ^ (0xc4a9 * this.changes[attempt]!++);
    const stream = this.changing[flows.source[flow]!]!;
    return this.sampler(changeover)(stream.at(key, placeOf(spec, tasks.attempts[task]!)));
  }

  private reconsiders(pool: number): boolean {
    const { pools, queues } = this.engine;
    return queues.reconsiders[pools.queue[pool]!] === 1;
  }

  /** Fetching what the task's parents made in other pools. */
  private transferSeconds(task: number, pool: number, graph: TaskGraph): number {
    const { transfers } = this.scenario;
    if (transfers === undefined || graph.bytesOut === null) return 0;
    const { tasks, flows, meter } = this.engine;
    const first = flows.first[tasks.flow[task]!]!;
    const node = tasks.node[task]!;
    let bytes = 0;
    for (let e = graph.firstParent[node]!; e < graph.firstParent[node + 1]!; e++) {
      const parent = first + graph.parent[e]!;
      if (tasks.attempts[parent]! > 0 && tasks.last[parent] !== pool)
        bytes += graph.bytesOut[tasks.spec[parent]!]!;
    }
    if (bytes === 0) return 0;
    meter.transferredBytes += bytes;
    meter.cost += transfers.price * bytes;
    return transfers.latency + bytes / transfers.bandwidth;
  }

  /** An attempt begins, or goes on: from now on something may befall it. */
  private watch(attempt: number, task: number, pool: number): void {
    const { breakdown } = this.scenario.pools[pool]!;
    this.breaksAt[attempt] =
      breakdown?.mode === "busy"
        ? this.engine.meter.now + this.sampler(breakdown.every)(this.breaking[pool]!)
        : Number.POSITIVE_INFINITY;
    this.scheduleHazards(attempt, task, pool);
  }

  /** What befalls an attempt before it ends. To be called whenever its end is another one. */
  private scheduleHazards(attempt: number, task: number, pool: number): void {
    const { stragglers } = this.scenario.pools[pool]!;
    const { attempts, tasks, flows, meter } = this.engine;
    if (this.breaksAt[attempt]! < this.servedAt[attempt]!) {
      this.calendar.schedule(this.breaksAt[attempt]!, BROKE_UNDER, attempt, this.version[attempt]!);
    }
    if (stragglers !== undefined && "onset" in stragglers && !attempts.is(STRAGGLING, attempt)) {
      const flow = tasks.flow[task]!;
      const stream = this.straggling[flows.source[flow]!]!.at(
        flows.key[flow]!,
        placeOf(tasks.spec[task]!, tasks.attempts[task]!),
      );
      const at = attempts.begunAt[attempt]! + this.sampler(stragglers.onset)(stream);
      if (at >= meter.now && at < this.servedAt[attempt]!) {
        this.calendar.schedule(at, STRAGGLES, attempt, this.version[attempt]!);
      }
    }
  }

  private straggles(at: number, attempt: number): void {
    const { attempts, tasks, flows } = this.engine;
    const task = attempts.task[attempt]!;
    const flow = tasks.flow[task]!;
    const pool = attempts.pool[attempt]!;
    const { stragglers } = this.scenario.pools[pool]!;
    const stream = this.straggling[flows.source[flow]!]!.at(
      flows.key[flow]! ^ 0x5107,
      placeOf(tasks.spec[task]!, tasks.attempts[task]!),
    );
    const left = (this.servedAt[attempt]! - at) * this.sampler(stragglers!.slowdown)(stream);
    this.version[attempt]!++;
    this.servedAt[attempt] = at + left;
    attempts.mark(STRAGGLING, attempt);
    this.scheduleEnd(attempt);
    this.scheduleHazards(attempt, task, pool);
    this.engine.straggles(attempt);
  }

  startHedge(attempt: number, stamp: number): void {
    const { attempts, tasks, flows, meter } = this.engine;
    const task = attempts.task[attempt]!;
    const flow = tasks.flow[task]!;
    const graph = flows.graph[flow]!;
    const spec = tasks.spec[task]!;
    const { after } = graph.hedges![spec]!;
    if (after === undefined) return;
    let seconds: number;
    if ("quantile" in after) {
      const seen = this.latencies[graph.type[spec]!];
      if (seen === undefined || seen.count < ENOUGH_LATENCIES) return;
      seconds = seen.quantile(after.quantile);
    } else {
      const stream = this.hedges[flows.source[flow]!]!;
      seconds = this.sampler(after)(stream.at(flows.key[flow]!, placeOf(spec, tasks.attempts[task]!)));
    }
    this.calendar.schedule(meter.now + seconds, HEDGE_DUE, attempt, stamp);
  }

  cleanUp(attempt: number): void {
    const { attempts, tasks, flows, meter } = this.engine;
    const task = attempts.task[attempt]!;
    const flow = tasks.flow[task]!;
    const spec = tasks.spec[task]!;
    const stream = this.hedges[flows.source[flow]!]!;
    const seconds = this.sampler(flows.graph[flow]!.hedges![spec]!.cleanUp!)(
      stream.at(flows.key[flow]! ^ 0xc1ea, placeOf(spec, tasks.attempts[task]!)),
    );
    this.calendar.schedule(meter.now + seconds, CLEANED_UP, attempt, attempts.stamp[attempt]!);
  }

  startPatience(task: number, stamp: number): void {
    const { tasks, flows, meter } = this.engine;
    const flow = tasks.flow[task]!;
    const spec = tasks.spec[task]!;
    const distribution = flows.graph[flow]!.scheduleToStart![spec]!;
    const stream = this.patience[flows.source[flow]!]!;
    const seconds = this.sampler(distribution)(
      stream.at(flows.key[flow]!, placeOf(spec, tasks.attempts[task]! + 1)),
    );
    this.calendar.schedule(meter.now + seconds, PATIENCE_OVER, task, stamp);
  }

  backOff(task: number, stamp: number, delay: number, jitter: number): void {
    const { tasks, flows, meter } = this.engine;
    const flow = tasks.flow[task]!;
    const spec = tasks.spec[task]!;
    const stream = this.jitter[flows.source[flow]!]!;
    let seconds = delay;
    if (delay < 0) {
      const { draw } = flows.graph[flow]!.retry[spec]!.backoff;
      seconds = this.sampler(draw!)(stream.at(flows.key[flow]!, placeOf(spec, tasks.attempts[task]!)));
    } else if (jitter > 0) {
      const u = stream.at(flows.key[flow]!, placeOf(spec, tasks.attempts[task]!)).next();
      seconds = delay * (1 - jitter + 2 * jitter * u);
    }
    this.calendar.schedule(meter.now + seconds, BACKOFF_OVER, task, stamp);
  }

  private workOf(graph: TaskGraph, flow: number, spec: number, attempt: number): number {
    this.drawWork(graph, flow, spec, attempt);
    return drawn[0]!;
  }

  /** Into `drawn`: work of an attempt, a pure function of (seed, workflow, task, attempt). */
  private drawWork(graph: TaskGraph, flow: number, spec: number, attempt: number): void {
    const { flows } = this.engine;
    const { retry, recordedWork, work } = graph;
    if (recordedWork !== null) {
      drawn[0] = recordedWork[spec]!;
      return;
    }
    const which = retry[spec]!.work === "same" ? 1 : attempt;
    const source = flows.source[flow]!;
    const key = flows.key[flow]!;
    const ahead = this.ahead[source]!;
    if (which === 1 && ahead !== null && ahead.graph === graph) {
      const at = ahead.of(spec, key);
      if (at >= 0) {
        drawn[0] = ahead.values[at]!;
        return;
      }
    }
    this.work[source]!.drawPlaces(key, placeOf(spec, which), work![spec]!.fill, drawn, 0, 1);
  }

  /**
   * Draws anew what a policy cannot know and time alone has told of: what is left of work in service, given how long it has
   * been served, and the next arrivals that have no memory. For futures on streams of their own.
   *
   * Left as they were: work where sizes are known, was recorded, or is the same as of an attempt before; and all where
   * attempts can be other than their work over the pool's speed, or pools share, hold or pack.
   */
  redraw(): void {
    const { attempts, tasks, flows, pools, meter } = this.engine;
    this.sources.forEach((source, s) => {
      if (source.redraw?.(meter.now) === true) this.scheduleArrival(s);
    });
    if (this.known || !this.plain) return;
    for (const attempt of attempts.inUse()) {
      const task = attempts.task[attempt]!;
      const pool = attempts.pool[attempt]!;
      if (task < 0 || this.shared[pool] !== null || pools.special[pool] !== 0) continue;
      const flow = tasks.flow[task]!;
      const spec = tasks.spec[task]!;
      const graph = flows.graph[flow]!;
      const number = tasks.attempts[task]!;
      if (graph.recordedWork !== null || (graph.retry[spec]!.work === "same" && number > 1)) continue;
      const begunAt = attempts.begunAt[attempt]!;
      const service = this.serviceBeyond(meter.now - begunAt, graph, flow, spec, pool, number);
      if (Number.isNaN(service)) continue;
      this.version[attempt]!++;
      this.calendar.cancelled(this.isStale);
      const timeout = graph.timeout[spec]!;
      const outcome = this.fails(graph, task, flow, spec, pool) ? FAILED : SUCCEEDED;
      this.calendar.schedule(
        begunAt + Math.min(service, timeout),
        END + (service > timeout ? TIMED_OUT : outcome),
        attempt,
        this.version[attempt]!,
      );
    }
  }

  /** A service time of which `age` has gone by: draws until one is longer. NaN where next to none are. */
  private serviceBeyond(
    age: number,
    graph: TaskGraph,
    flow: number,
    spec: number,
    pool: number,
    attempt: number,
  ): number {
    const { flows, pools } = this.engine;
    const stream = this.work[flows.source[flow]!]!.at(flows.key[flow]! ^ 0x6c66, placeOf(spec, attempt));
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const service = graph.work![spec]!(stream) / pools.speed[pool]!;
      if (service > age) return service;
    }
    return Number.NaN;
  }

  private fails(graph: TaskGraph, task: number, flow: number, spec: number, pool: number): boolean {
    const { tasks, flows, pools } = this.engine;
    const { attemptFailure, recordedFailures } = graph;
    if (recordedFailures !== null && (tasks.attempts[task]! & ~COPY) <= recordedFailures[spec]!) return true;
    const own = attemptFailure[spec]!;
    const atPool = pools.attemptFailure[pool]!;
    if (this.plain && own === 0 && atPool === 0) return false;
    let good = (1 - own) * (1 - atPool);
    if (!this.plain) {
      const load = pools.loadFailure[pool]!;
      if (load > 0) good *= 1 - load * Math.min(1, pools.running[pool]! / Math.max(1, pools.online[pool]!));
      good *= 1 - this.sky.failure(pool);
      if (good === 1) return false;
    }
    const stream = this.failure[flows.source[flow]!]!;
    // One uniform for all causes, whatever the pool: a policy cannot change an attempt's luck, only its odds.
    const u = stream.at(flows.key[flow]!, placeOf(spec, tasks.attempts[task]!)).next();
    return u >= good;
  }

  // ---------------------------------------------------------------------------------------------- workflows

  startTimeout(flow: number, stamp: number): void {
    const { flows, meter } = this.engine;
    const stream = this.timeouts[flows.source[flow]!]!;
    const seconds = this.sampler(flows.graph[flow]!.timeLimit!)(stream.at(flows.key[flow]!, 0));
    this.calendar.schedule(meter.now + seconds, WORKFLOW_TIMEOUT, flow, stamp);
  }

  countOf(task: number): number {
    const { tasks, flows } = this.engine;
    const flow = tasks.flow[task]!;
    const spec = tasks.spec[task]!;
    const { count } = flows.graph[flow]!.bodies![tasks.node[task]!]!;
    const drawn = this.sampler(count!)(
      this.counts[flows.source[flow]!]!.at(flows.key[flow]!, placeOf(spec, 0)),
    );
    return Math.min(MOST_INSTANCES, Math.max(0, Math.round(drawn)));
  }

  valueOf(task: number): number {
    const { tasks, flows } = this.engine;
    const flow = tasks.flow[task]!;
    const spec = tasks.spec[task]!;
    const answers = flows.graph[flow]!.answers![spec]!;
    const draw = this.samplerFor(answers, () => ({
      kind: "empirical",
      values: answers.weights.map((_, k) => k),
      weights: answers.weights,
    }));
    const stream = this.answers[flows.source[flow]!]!;
    const which = draw(stream.at(flows.key[flow]!, placeOf(spec, tasks.attempts[task]!)));
    return answers.values[which]!;
  }

  workflowEnded(flow: number, succeeded: boolean): void {
    const { flows, meter } = this.engine;
    const s = flows.source[flow]!;
    if (succeeded) this.measurement.succeeded(flow);
    const source = this.sources[s]!;
    if (source.workflowEnded?.(meter.now, flows.serial[flow]!) === true) this.scheduleArrival(s);
  }

  private scheduleArrival(source: number): void {
    const { calendar } = this;
    calendar.when = this.sources[source]!.nextAt;
    if (calendar.when < this.scenario.horizon) calendar.enter(ARRIVAL, source, 0);
    this.schedulePhase(source);
  }

  /** The next change before the source's next arrival. */
  private schedulePhase(source: number): void {
    if (!this.seesPhases) return;
    const { phase } = this.sources[source]!;
    if (phase !== undefined && phase.changesAt < this.scenario.horizon)
      this.calendar.schedule(phase.changesAt, PHASE, source);
  }

  // ---------------------------------------------------------------------------------------------- servers

  startServer(pool: number, server: number): void {
    const { setup } = this.scenario.pools[pool]!.scaling!;
    const seconds = setup === undefined ? 0 : this.sampler(setup)(this.starting[pool]!);
    this.calendar.schedule(this.engine.meter.now + seconds, SERVER_STARTED, pool, server);
  }

  serverIdle(pool: number, server: number): void {
    const { idleTimeout } = this.scenario.pools[pool]!.scaling!;
    const seconds = this.sampler(idleTimeout!)(this.starting[pool]!);
    this.calendar.schedule(this.engine.meter.now + seconds, SERVER_RETIRES, pool, server);
  }

  stopServer(pool: number): void {
    const { scaling, idlePrice = 0 } = this.scenario.pools[pool]!;
    if (scaling?.teardown === undefined) return;
    // Paid at once: what the rest of its time costs is known.
    this.engine.meter.pay(pool, idlePrice * this.sampler(scaling.teardown)(this.starting[pool]!));
  }

  wake(pool: number, seconds: number): void {
    this.calendar.schedule(this.engine.meter.now + seconds, TOKENS_BACK, pool);
  }

  sharesChanged(pool: number): void {
    const { pools, meter } = this.engine;
    this.shared[pool]!.change(meter.now, pools.online[pool]!, pools.speed[pool]!);
    this.scheduleShared(pool);
  }

  private scheduleShared(pool: number): void {
    const servers = this.shared[pool]!;
    servers.stamp++;
    this.calendar.cancelled(this.isStale);
    const at = servers.nextAt();
    if (at < Number.POSITIVE_INFINITY) this.calendar.schedule(at, SHARED_END, pool, servers.stamp);
  }

  private skyChanges(at: number, weather: number): void {
    const { engine, sky } = this;
    const { pools, effect } = this.scenario.weather![weather]!;
    const began = sky.turn(at, weather, (d) => this.sampler(d));
    const next = sky.nextAt(weather);
    if (next < Number.POSITIVE_INFINITY) this.calendar.schedule(next, SKY, weather);
    for (const pool of pools) {
      if (effect.kind === "outage") engine.outage(pool, began, effect.interrupted);
      else if (effect.kind === "brownout")
        this.changeSpeed(at, pool, sky.speed(pool), sky.observedSpeed(pool));
      else if (effect.kind === "failures") engine.pools.weatherFailure[pool] = sky.observedFailure(pool);
    }
  }

  /** What runs goes on faster or slower from now on. */
  private changeSpeed(at: number, pool: number, factor: number, shown: number): void {
    const { engine } = this;
    const { pools, tasks } = engine;
    const before = pools.speed[pool]!;
    const own = pools.baseSpeed[pool]!;
    if (own * factor === before && own * shown === pools.shownSpeed[pool]) return;
    engine.speedChanged(pool, factor, shown);
    if (this.shared[pool] !== null) return;
    const ratio = before / pools.speed[pool]!;
    for (const task of pools.runners[pool]!) {
      const attempt = tasks.attempt[task]!;
      this.version[attempt]!++;
      this.servedAt[attempt] = at + (this.servedAt[attempt]! - at) * ratio;
      this.whole[attempt]! *= ratio;
      this.rate[attempt]! /= ratio;
      this.scheduleEnd(attempt);
      this.scheduleHazards(attempt, task, pool);
    }
  }

  cachedShare(task: number, pool: number): number {
    const { tasks, flows } = this.engine;
    const use = flows.graph[tasks.flow[task]!]!.caches?.[tasks.spec[task]!];
    const cache = this.caches[pool]!;
    if (use === undefined || cache === null) return 0;
    const blocks = this.blocksOf(task, use);
    return blocks.length > 0 ? cache.held(blocks) / blocks.length : 0;
  }

  /** Numbers of the blocks that the task uses. Those that are drawn do not meet those of another type, nor recorded ones. */
  private blocksOf(task: number, use: CacheUse | RecordedBlocks): Float64Array {
    const recorded = "recorded" in use;
    const first = recorded ? 0 : this.firstBlock(task, use);
    const count = recorded ? use.recorded.length : use.blocks;
    if (this.blocks.length < count) this.blocks = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) this.blocks[i] = recorded ? -1 - use.recorded[i]! : first + i;
    return this.blocks.subarray(0, count);
  }

  private firstBlock(task: number, use: CacheUse): number {
    const { tasks, flows } = this.engine;
    const flow = tasks.flow[task]!;
    const spec = tasks.spec[task]!;
    const graph = flows.graph[flow]!;
    const draw = this.samplerFor(use, () => ({
      kind: "empirical",
      values: Array.from({ length: use.keys }, (_, k) => k),
      weights: Array.from({ length: use.keys }, (_, k) => (k + 1) ** -use.skew),
    }));
    const key = draw(this.caching[flows.source[flow]!]!.at(flows.key[flow]!, placeOf(spec, 0)));
    return (graph.type[spec]! * 2 ** 24 + key) * use.blocks;
  }

  /** The figures of the run, which has ended. */
  outcome(seed: number, events: number): Outcome {
    return this.measurement.outcome(seed, events);
  }

  /** All that changes, as plain data: what is scheduled, drawn and measured so far. */
  save(): PlainState {
    return {
      fields: plainState({ ...this, latencies: null, measurement: null }, NO_FIELDS),
      latencies: this.latencies.map((sketch) => sketch.save()),
      measurement: plainState(this.measurement, MEASUREMENT_NO_FIELDS),
    };
  }

  /** @param spared objects that keep the state that they have: streams, where draws are to be fresh */
  restore(state: PlainState, spared?: (held: object) => boolean): void {
    const { fields, latencies, measurement } = state as {
      fields: Record<string, PlainState>;
      latencies: readonly PlainState[];
      measurement: PlainState;
    };
    const { latencies: _none, measurement: _neither, ...own } = fields;
    restorePlainState(this, own, spared);
    this.latencies.length = Math.min(this.latencies.length, latencies.length);
    latencies.forEach((sketch, type) => {
      this.latencies[type] ??= new QuantileSketch();
      this.latencies[type].restore(sketch);
    });
    restorePlainState(this.measurement, measurement);
  }

  private sampler(distribution: Distribution): Sampler {
    return this.samplerFor(distribution, () => distribution);
  }

  private samplerFor(owner: object, distribution: () => Distribution): Sampler {
    let found = this.samplers.get(owner);
    if (found === undefined) this.samplers.set(owner, (found = sampler(distribution())));
    return found;
  }

  private growAttempts(capacity: number): void {
    const wider = <T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.servedAt = wider(this.servedAt, new Float64Array(capacity));
    this.timesOutAt = wider(this.timesOutAt, new Float64Array(capacity));
    this.whole = wider(this.whole, new Float64Array(capacity));
    this.rate = wider(this.rate, new Float64Array(capacity));
    this.breaksAt = wider(this.breaksAt, new Float64Array(capacity));
    this.outcomes = wider(this.outcomes, new Uint8Array(capacity));
    this.version = wider(this.version, new Int32Array(capacity));
    this.changes = wider(this.changes, new Int32Array(capacity));
  }
}

/** A workflow that is handed to the engine: one object for all of them, one after another. */
class Coming implements Submission {
  graph!: TaskGraph;
  dueAt = 0;
  source = 0;
  serial = 0;
}

/** Work that `drawWork` has drawn: returned, it would be an object. */
const drawn = new Float64Array(1);

/** What is no state, or is saved by its owner. */
const NO_FIELDS = ["engine", "scenario", "sources", "samplers", "ahead", "clock", "coming", "fetched"];
const MEASUREMENT_NO_FIELDS = ["scenario", "engine", "sources", "objective"];

const placeOf = (spec: number, attempt: number): number => (spec << ATTEMPT_BITS) | attempt;
