import type { Engine } from "../../src/engine/engine.js";
import { COMPENSATING, LIVE } from "../../src/engine/flow-table.js";
import { CANCELLED, type Executor, FAILED, SUCCEEDED, TIMED_OUT } from "../../src/engine/ports.js";
import { type CacheUse, type RecordedBlocks, UNLIMITED } from "../../src/model/scenario.js";
import type { TaskGraph } from "../../src/model/task-graph.js";
import type { Outcome } from "../../src/sim/outcome.js";
import type { WorkloadSource } from "../../src/workload/source.js";
import { auditEngine } from "./engine-audit.js";
import { Witness } from "./witness.js";

/** What an attempt has been given, told from the state that has held between events. */
interface Service {
  readonly task: number;
  /** Seconds at speed 1 that it has to be given; NaN where that changed on the way. */
  work: number;
  given: number;
  /** Seconds on a server. */
  active: number;
  runs: boolean;
}

/** What a workflow has done so far. */
interface Past {
  readonly succeeded: Set<string>;
  /** Nodes with own work that succeeded and are to be undone, in order, each with its time. */
  readonly toUndo: { readonly node: number; readonly at: number }[];
  readonly undone: Set<number>;
}

/**
 * What a simulated world knows of an attempt: the work that is drawn for it; and where it is not `plain`, its seconds of
 * service in all and the rate at which they are reckoned.
 */
type Reckoning = Executor & {
  readonly plain: boolean;
  readonly whole: Float64Array;
  readonly rate: Float64Array;
  workOf(graph: TaskGraph, flow: number, spec: number, attempt: number): number;
  blocksOf(task: number, use: CacheUse | RecordedBlocks): Float64Array;
};

/**
 * A witness that believes nothing: it audits the engine's books whenever a state has lasted, integrates that state itself,
 * and follows every attempt from its start to its end. Throws at the first thing that breaks a rule of the game; `check`
 * holds the outcome to its own integrals.
 */
export class Auditor extends Witness {
  private readonly service = new Map<number, Service>();
  private readonly pasts = new Map<string, Past>();
  private readonly buckets: { tokens: number; at: number }[] = [];
  /** Blocks in each pool's cache, least recently used first. */
  private readonly caches: number[][] = [];
  private hits = 0;
  private readonly setUpSince = new Map<number, number>();
  private readonly submitted = new Set<string>();
  private readonly over = new Set<string>();
  private heldUntil = 0;
  /** Whether a task may fail without an attempt: in front of a full pool, or for want of patience. */
  private losesSome = false;
  private readonly totals = { flowTime: 0, waiting: 0, energy: 0, spending: 0 };
  private busyTime: number[] = [];
  private queueTime: number[] = [];
  private presentTime: number[] = [];

  override readonly stateHeld = (until: number): void => {
    const { state } = this.watched;
    const since = this.heldUntil;
    const span = until - since;
    // Of one instant, only what stands at its end lasts.
    if (!(span > 0)) return;
    this.heldUntil = until;
    const { workflows, waiting, spending, watts, busy, running, queued } = auditEngine(this.watched);
    this.serve(span);
    if (since < state.scenario.warmup) return;
    this.totals.flowTime += span * workflows;
    this.totals.waiting += span * waiting;
    this.totals.spending += span * spending;
    this.totals.energy += span * watts;
    busy.forEach((count, p) => {
      this.busyTime[p]! += span * count;
      this.queueTime[p]! += span * queued[p]!;
      this.presentTime[p]! += span * (queued[p]! + running[p]!);
    });
  };

  override attach(engine: Engine, sources: readonly WorkloadSource[]): void {
    super.attach(engine, sources);
    const { pools, queues = [], workflows } = engine.state.scenario;
    this.losesSome =
      pools.some((p) => p.capacity < Number.POSITIVE_INFINITY || p.rateLimit?.onLimit === "reject") ||
      queues.some(({ capacity }) => capacity !== undefined) ||
      workflows.some(({ tasks }) => tasks.some((t) => t.compensate?.scheduleToStart !== undefined));
    const zeros = () => new Array<number>(engine.pools.count).fill(0);
    [this.busyTime, this.queueTime, this.presentTime] = [zeros(), zeros(), zeros()];
    for (const { rateLimit } of engine.state.scenario.pools)
      this.buckets.push({ tokens: rateLimit?.burst ?? 0, at: 0 });
    const executor = engine.state.executor as Reckoning;
    after(executor, "startAttempt", (attempt) => this.started(attempt, executor));
    after(executor, "resumeAttempt", (attempt) => this.resumed(attempt));
    after(executor, "pauseAttempt", (attempt) => {
      this.service.get(attempt)!.runs = false;
    });
    after(executor, "rewindAttempt", (attempt) => {
      this.service.get(attempt)!.given = 0;
    });
    after(executor, "cancelAttempt", (attempt) => {
      must(this.service.delete(attempt), () => `attempt ${attempt} was cancelled and did not run`);
    });
    after(engine, "straggles", (attempt) => {
      this.service.get(attempt)!.work = Number.NaN;
    });
    after(executor, "startServer", (_pool, server) => {
      this.setUpSince.set(server, engine.meter.now);
    });
    after(engine, "serverStarted", (pool, server) => {
      const { setup } = engine.state.scenario.pools[pool]!.scaling!;
      const took = engine.meter.now - this.setUpSince.get(server)!;
      if (setup?.kind === "deterministic")
        near(took, setup.value, `seconds in which server ${server} was set up`);
    });
    const submit = engine.submit.bind(engine);
    // It may end at once, so it is heard of before.
    engine.submit = (submission) => {
      const name = `${submission.source}/${submission.serial}`;
      must(!this.submitted.has(name), () => `workflow ${name} was submitted twice`);
      this.submitted.add(name);
      return submit(submission);
    };
  }

  override attemptEnded(at: number, attempt: number, outcome: number): void {
    super.attemptEnded(at, attempt, outcome);
    const { attempts, tasks, flows, pools } = this.watched;
    const task = attempts.task[attempt]!;
    const flow = tasks.flow[task]!;
    const graph = flows.graph[flow]!;
    const spec = tasks.spec[task]!;
    const what = () => `attempt ${attempt} at ${graph.name}.${graph.types[spec]}, which ended at ${at},`;
    const past = this.pastOf(flow);
    const key = `${tasks.node[task]}/${spec}`;
    must(outcome === CANCELLED || !past.succeeded.has(key), () => `${what()} came after the task's success`);
    if (outcome === SUCCEEDED) {
      past.succeeded.add(key);
      const node = tasks.node[task]!;
      if (flows.state[flow] === LIVE && graph.compensations !== null && graph.compensations[node]! >= 0)
        past.toUndo.push({ node, at });
    }
    const service = this.service.get(attempt);
    // One that was interrupted and has failed of it was cancelled before; one that is cancelled may be before or after.
    if (outcome === CANCELLED || service === undefined) return;
    this.service.delete(attempt);
    const timeout = graph.timeout[spec]!;
    must(service.runs, () => `${what()} was not running`);
    must(
      service.active <= timeout + 1e-9 * (1 + timeout),
      () => `${what()} ran beyond its timeout of ${timeout}`,
    );
    if (outcome === TIMED_OUT) near(service.active, timeout, `${what()} and timed out, ran`);
    const pool = attempts.pool[attempt]!;
    const whole = (outcome === SUCCEEDED || outcome === FAILED) && !Number.isNaN(service.work);
    if (whole && pools.discipline[pool] !== "las")
      near(service.given, service.work, `work that ${what()} was given`);
  }

  override workflowEnded(at: number, flow: number, succeeded: boolean): void {
    super.workflowEnded(at, flow, succeeded);
    const { flows } = this.watched;
    const name = `${flows.source[flow]}/${flows.serial[flow]}`;
    must(
      this.submitted.has(name) && !this.over.has(name),
      () => `workflow ${name} ended twice, or never came`,
    );
    this.over.add(name);
    const { timeLimit, compensations } = flows.graph[flow]!;
    if (timeLimit?.kind !== "deterministic" || compensations !== null) return;
    const lasted = at - flows.submittedAt[flow]!;
    must(lasted <= timeLimit.value + 1e-9, () => `workflow ${name} lasted ${lasted} s`);
  }

  /** Attempts that still hold a server. */
  get busy(): number {
    return this.watched.state.running;
  }

  /** Holds what came of the run to what was seen of it. */
  check(outcome: Outcome): void {
    const { state } = this.watched;
    const { scenario } = state;
    const alive = this.alive().map(({ source, workflow }) => `${source}/${workflow}`);
    const fates = new Set([...this.over, ...alive]);
    must(
      fates.size === this.submitted.size && [...fates].every((name) => this.submitted.has(name)),
      () => `${this.submitted.size} workflows came, ${fates.size} are known`,
    );
    const { submitted } = outcome.workflows;
    near(outcome.meanInSystem * outcome.measured, this.totals.flowTime, "workflow-seconds");
    near(this.watched.meter.cacheHits, this.hits, "cache hits");
    let charged = 0;
    let energy = 0;
    outcome.pools.forEach(({ name, utilisation, onTime, meanWaiting, meanPresent, cost, attempts }, p) => {
      const { price, idlePrice = 0, setupPrice = 0, servers } = scenario.pools[p]!;
      const busy = this.busyTime[p]!;
      if (servers < UNLIMITED) near(utilisation * onTime, busy, `busy time of ${name}`);
      near(meanWaiting * outcome.measured, this.queueTime[p]!, `queue of ${name}`);
      near(meanPresent * outcome.measured, this.presentTime[p]!, `tasks at ${name}`);
      if (idlePrice === 0 && setupPrice === 0 && scenario.pools[p]!.startPrice === undefined)
        near(cost, busy * price, `cost of ${name}`);
      must(attempts >= 0, () => `${attempts} attempts in ${name}`);
      const { power } = scenario.pools[p]!;
      charged += cost;
      energy += busy * (power?.busy ?? 0) + Math.max(0, onTime - busy) * (power?.idle ?? 0);
    });
    if (submitted === 0) return;
    const { metrics } = outcome;
    near(metrics.flowTime * submitted, this.totals.flowTime, "flow time");
    near(metrics.waiting * submitted, this.totals.waiting, "waiting");
    near(metrics.energy * submitted, this.totals.energy, "energy");
    near(metrics.energy * submitted, energy, "energy of all pools");
    charged += (scenario.transfers?.price ?? 0) * metrics.transferredBytes * submitted;
    near(metrics.cost * submitted, charged, "cost of all pools, and of transfers");
  }

  private started(attempt: number, world: Reckoning): void {
    const { attempts, tasks, flows, meter, pools } = this.watched;
    const task = attempts.task[attempt]!;
    const pool = attempts.pool[attempt]!;
    const flow = tasks.flow[task]!;
    this.entered(pool);
    const spec = tasks.spec[task]!;
    const graph = flows.graph[flow]!;
    const patience = graph.scheduleToStart?.[spec];
    const waited = meter.now - tasks.readyAt[task]!;
    if (patience?.kind === "deterministic")
      must(
        waited <= patience.value + 1e-9,
        () => `a ${graph.types[spec]} waited ${waited} s and was started`,
      );
    const use = graph.caches?.[spec];
    if (use !== undefined) this.looksUp(pool, () => [...world.blocksOf(task, use)]);
    // Who shares servers brings his own pace with him, in the work that he asks for.
    const pace = pools.sharing[pool] === 1 ? pools.speed[pool]! : world.rate[attempt]!;
    const work = world.plain
      ? world.workOf(graph, flow, spec, tasks.attempts[task]!)
      : world.whole[attempt]! * pace;
    this.service.set(attempt, { task, work, given: 0, active: 0, runs: true });
    const { rateLimit } = this.watched.state.scenario.pools[pool]!;
    if (rateLimit?.onLimit === "wait") {
      const bucket = this.buckets[pool]!;
      const refilled = bucket.tokens + rateLimit.rate * (meter.now - bucket.at);
      bucket.tokens = Math.min(rateLimit.burst, refilled) - 1;
      bucket.at = meter.now;
      must(
        bucket.tokens > -1e-6,
        () => `${pools.names[pool]} starts more than its rate limit at ${meter.now}`,
      );
    }
    const { toUndo, undone } = this.pastOf(flow);
    const node = tasks.node[task]!;
    if (flows.state[flow] !== COMPENSATING || undone.has(node) || this.losesSome) return;
    undone.add(node);
    const own = toUndo.find((one) => one.node === node);
    for (const other of toUndo) {
      must(
        own === undefined || other.at <= own.at || undone.has(other.node),
        () =>
          `task ${node} of ${flows.graph[flow]!.name} is undone before task ${other.node}, which came after it`,
      );
    }
  }

  /** A task uses so many blocks: those that the pool's cache holds, from the first on, are hits. */
  private looksUp(pool: number, used: () => number[]): void {
    const { cacheBlocks } = this.watched.state.scenario.pools[pool]!;
    if (cacheBlocks === undefined) return;
    const blocks = used();
    const held = this.caches[pool] ?? [];
    const missing = blocks.findIndex((block) => !held.includes(block));
    this.hits += missing < 0 ? blocks.length : missing;
    this.caches[pool] = [...held.filter((block) => !blocks.includes(block)), ...blocks.reverse()].slice(
      -cacheBlocks,
    );
  }

  private resumed(attempt: number): void {
    const service = this.service.get(attempt)!;
    must(!service.runs, () => `attempt ${attempt} went on and had not been held`);
    service.runs = true;
    this.entered(this.watched.attempts.pool[attempt]!);
  }

  /** Something begins or goes on in a pool: it must be open, by the engine's books and by the scenario's calendar. */
  private entered(pool: number): void {
    const { pools, meter, state } = this.watched;
    const where = () => `in ${pools.names[pool]} at ${meter.now}`;
    must(
      pools.outages[pool] === 0 && pools.drains[pool] === 0,
      () => `something starts ${where()}, which is closed`,
    );
    must(pools.running[pool]! <= pools.slots[pool]!, () => `more than there are servers run ${where()}`);
    const { scenario } = state;
    const outages = (scenario.weather ?? []).flatMap((one) =>
      one.effect.kind === "outage" && one.when.kind === "scheduled" && one.pools.includes(pool)
        ? one.when.spans
        : [],
    );
    for (const { from, until } of [...outages, ...(scenario.pools[pool]!.drain ?? [])]) {
      must(
        !(from < meter.now && meter.now < until),
        () => `something starts ${where()}, from ${from} to ${until}`,
      );
    }
  }

  /** What has run has been given so many seconds of service. */
  private serve(span: number): void {
    const { attempts, tasks, flows, pools } = this.watched;
    const sharers = new Map<number, number>();
    for (const [attempt, { runs }] of this.service) {
      const pool = attempts.pool[attempt]!;
      if (runs) sharers.set(pool, (sharers.get(pool) ?? 0) + 1);
    }
    for (const [attempt, service] of this.service) {
      if (!service.runs) continue;
      const pool = attempts.pool[attempt]!;
      const graph = flows.graph[tasks.flow[service.task]!]!;
      const spec = tasks.spec[service.task]!;
      const shares = pools.sharing[pool] === 1;
      const pace = shares ? 1 : (graph.speeds?.[spec]?.[graph.pools[spec]!.indexOf(pool)] ?? 1);
      const part = shares ? Math.min(1, pools.online[pool]! / sharers.get(pool)!) : 1;
      service.active += span;
      service.given += span * pools.speed[pool]! * pace * part;
    }
  }

  private pastOf(flow: number): Past {
    const { flows } = this.watched;
    const key = `${flow}/${flows.stamp[flow]}`;
    let past = this.pasts.get(key);
    if (past === undefined)
      this.pasts.set(key, (past = { succeeded: new Set(), toUndo: [], undone: new Set() }));
    return past;
  }
}

/** Hears of every call of a method, when it has returned. */
function after<T extends object, K extends keyof T>(
  of: T,
  method: K,
  hear: T[K] extends (...args: infer A) => unknown ? (...args: A) => void : never,
): void {
  const before = (of[method] as (...args: unknown[]) => unknown).bind(of);
  of[method] = ((...args: unknown[]) => {
    const answer = before(...args);
    (hear as (...args: unknown[]) => void)(...args);
    return answer;
  }) as T[K];
}

function must(holds: boolean, otherwise: () => string): void {
  if (!holds) throw new Error(otherwise());
}

function near(a: number, b: number, what: string): void {
  must(Math.abs(a - b) <= 1e-8 * (1 + Math.abs(a) + Math.abs(b)), () => `${what}: ${a} is not ${b}`);
}
