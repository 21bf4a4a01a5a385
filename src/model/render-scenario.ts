import { posix } from "node:path";
import { stringify } from "yaml";
import type { Distribution } from "../kit/distribution.js";
import type { Arrivals, BatchSize, ClosedArrivals } from "./arrivals.js";
import { ONE_ATTEMPT } from "./parse/retry.js";
import {
  type EdgeCondition,
  type Hedge,
  type Pool,
  type Queue,
  type Retry,
  type Scenario,
  type Stragglers,
  type TaskSpec,
  type TaskTemplate,
  type TraceReplay,
  UNBOUNDED_ATTEMPTS,
  UNLIMITED,
  type Weather,
  type WorkflowTemplate,
} from "./scenario.js";

/** The same of a scenario that is to be read elsewhere: its trace, if any, then lies beside the file. */
export function portableScenario(scenario: Scenario): string {
  const { trace } = scenario;
  if (trace === undefined) return renderScenario(scenario);
  return renderScenario({
    ...scenario,
    trace: { ...trace, path: posix.basename(trace.path.replaceAll("\\", "/")) },
  });
}

/** What YAML is made of; a field that is undefined is left out. */
export type Plain =
  | string
  | number
  | boolean
  | null
  | readonly Plain[]
  | { readonly [key: string]: Plain | undefined };

/**
 * A scenario as the text of its file: `parseScenario` makes the same scenario of it. Units are base units (seconds), and
 * what is as by default is left out. A trace's path must be below the folder that the file is read in.
 */
export function renderScenario(scenario: Scenario, description?: string): string {
  const { pools, queues, workflows, trace, weather, transfers } = scenario;
  const names: Names = {
    pools: pools.map(({ name }) => name),
    tasks: [],
    workflows: workflows.map(({ name }) => name),
  };
  const file: Plain = {
    scenario: scenario.name,
    description,
    horizon: scenario.horizon,
    warmup: unless(0, scenario.warmup),
    sizes: unless("expected", scenario.sizes),
    decide: scenario.decide.length === 1 && scenario.decide[0] === "route" ? undefined : scenario.decide,
    objective: { minimize: scenario.objective.expression },
    pools: poolsIn(pools),
    queues: queues === undefined ? undefined : byName(queues, (queue) => queueIn(queue, names)),
    workflows: workflows.length === 0 ? undefined : byName(workflows, (one) => workflowIn(one, names)),
    trace: trace === undefined ? undefined : traceIn(trace, names),
    transfers:
      transfers === undefined
        ? undefined
        : {
            latency: transfers.latency,
            bandwidth: finite(transfers.bandwidth),
            price: transfers.price,
          },
    weather: weather === undefined ? undefined : byName(weather, (one) => weatherIn(one, names)),
  };
  return stringify(file, { lineWidth: 120, indentSeq: true });
}

interface Names {
  readonly pools: readonly string[];
  readonly tasks: readonly string[];
  readonly workflows: readonly string[];
}

const unless = <T extends Plain>(usual: T, value: T): T | undefined => (value === usual ? undefined : value);
const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);
const byName = <T extends { readonly name: string }>(all: readonly T[], of: (one: T) => Plain): Plain =>
  Object.fromEntries(all.map((one) => [one.name, of(one)]));

/** `fixed: 3` by its value alone, others by their parameters. */
export function lawIn(d: Distribution): Plain {
  const { kind, ...parameters } = d;
  if (kind === "deterministic") return d.value;
  if (kind === "exponential") return { exponential: d.mean };
  const given = Object.entries(parameters).filter(([, value]) => value !== Number.POSITIVE_INFINITY);
  return { [kind]: Object.fromEntries(given) as Plain };
}

const lawOr = (d: Distribution | undefined): Plain | undefined => (d === undefined ? undefined : lawIn(d));

/** Pools that are alike and called `name-1`, `name-2`, ... are written once. */
function poolsIn(pools: readonly Pool[]): Plain {
  const written: Record<string, Plain> = {};
  for (let p = 0; p < pools.length; ) {
    const { name, ...rest } = pools[p]!;
    const same = JSON.stringify(rest);
    const base = /^(.+)-1$/.exec(name)?.[1];
    let count = 1;
    while (base !== undefined && p + count < pools.length) {
      const { name: next, ...other } = pools[p + count]!;
      if (next !== `${base}-${count + 1}` || JSON.stringify(other) !== same) break;
      count++;
    }
    const clash = base !== undefined && pools.some((pool) => pool.name === base);
    if (count > 1 && !clash) {
      written[base!] = { replicas: count, ...poolIn(pools[p]!) };
      p += count;
    } else {
      written[name] = poolIn(pools[p]!);
      p++;
    }
  }
  return written;
}

function poolIn(pool: Pool): { readonly [key: string]: Plain | undefined } {
  const { scaling, breakdown, stragglers, cacheBlocks } = pool;
  const usual = scaling?.least ?? 1;
  return {
    servers: pool.servers === UNLIMITED ? "unlimited" : unless(usual, pool.servers),
    capacity: finite(pool.capacity),
    discipline: unless("fifo", pool.discipline),
    speed: unless(1, pool.speed),
    price: unless(0, pool.price),
    idlePrice: pool.idlePrice,
    setupPrice: pool.setupPrice,
    startPrice: pool.startPrice,
    power: pool.power && { ...pool.power },
    attemptFailure: unless(0, pool.attemptFailure),
    loadFailure: pool.loadFailure,
    resources: pool.resources && { ...pool.resources },
    packing: pool.packing,
    backfill: pool.backfill,
    rateLimit: pool.rateLimit && { ...pool.rateLimit },
    scaling:
      scaling === undefined
        ? undefined
        : {
            min: scaling.least,
            max: scaling.most,
            every: scaling.every === 0 ? "event" : scaling.every,
            setup: lawOr(scaling.setup),
            teardown: lawOr(scaling.teardown),
            idleTimeout: lawOr(scaling.idleTimeout),
          },
    breakdown:
      breakdown === undefined
        ? undefined
        : { ...breakdown, every: lawIn(breakdown.every), lasts: lawIn(breakdown.lasts) },
    stragglers: stragglers === undefined ? undefined : stragglersIn(stragglers),
    drain: pool.drain,
    cache: cacheBlocks === undefined ? undefined : { blocks: cacheBlocks },
  };
}

const stragglersIn = (stragglers: Stragglers): Plain => ({
  ...("share" in stragglers ? { share: stragglers.share } : { onset: lawIn(stragglers.onset) }),
  slowdown: lawIn(stragglers.slowdown),
});

const queueIn = ({ name: _, pools, discipline, ...rest }: Queue, names: Names): Plain => ({
  pools: pools.map((p) => names.pools[p]!),
  discipline: unless("fifo", discipline),
  ...rest,
});

/** Arrivals as they are written in a file. */
export function arrivalsIn(arrivals: Arrivals): Plain {
  switch (arrivals.kind) {
    case "poisson":
      return { poisson: arrivals.rate };
    case "renewal":
      return { renewal: lawIn(arrivals.gap) };
    case "batch": {
      const size = batchSizeIn(arrivals.size);
      return {
        batch: "of" in arrivals ? { of: arrivalsIn(arrivals.of), size } : { rate: arrivals.rate, size },
      };
    }
    case "onOff":
      return { onOff: { rate: arrivals.rate, on: lawIn(arrivals.on), off: lawIn(arrivals.off) } };
    case "closed":
      return {
        closed: usersIn(arrivals),
      };
    default: {
      const { kind, ...parameters } = arrivals;
      return { [kind]: parameters };
    }
  }
}

function batchSizeIn(size: BatchSize): Plain {
  switch (size.kind) {
    case "fixed":
      return size.size;
    case "geometric":
      return { geometric: size.p };
    case "shares":
      return { shares: size.shares };
  }
}

function workflowIn(workflow: WorkflowTemplate, names: Names): Plain {
  const inside: Names = { ...names, tasks: workflow.tasks.map(({ name }) => name) };
  return {
    arrivals: workflow.arrivals === undefined ? undefined : arrivalsIn(workflow.arrivals),
    deadline: finite(workflow.deadline),
    timeout: lawOr(workflow.timeout),
    priority: unless(0, workflow.priority),
    tasks: byName(workflow.tasks, (task) => taskIn(task, inside)),
  };
}

function taskIn(task: TaskTemplate, names: Names): Plain {
  const { after, conditions, join, forEach, repeat, oneOf, call, compensate } = task;
  const parents = after.map((t) => names.tasks[t]!);
  const body =
    oneOf !== undefined
      ? {
          type: unless(task.name, task.type),
          oneOf: byName(oneOf, (one) =>
            one.call === undefined
              ? specIn(one, `${task.name}.${one.name}`, names)
              : { workflow: names.workflows[one.call]! },
          ),
        }
      : call !== undefined
        ? { workflow: names.workflows[call]! }
        : specIn(task, task.name, names);
  return {
    ...body,
    after:
      after.length === 0
        ? undefined
        : conditions === undefined
          ? parents
          : Object.fromEntries(parents.map((parent, e) => [parent, conditionIn(conditions[e]!)])),
    join: unless(after.length, join),
    optional: task.optional,
    forEach:
      forEach === undefined ? undefined : { count: lawIn(forEach.count), join: unless("all", forEach.join) },
    repeat,
    // A compensation runs where its task did, unless it says otherwise.
    compensate:
      compensate === undefined ? undefined : specIn(compensate, `${task.name}.compensate`, names, task.pools),
  };
}

const conditionIn = (condition: EdgeCondition): Plain =>
  typeof condition === "object" ? { value: condition.value } : condition;

function specIn(
  spec: TaskSpec,
  type: string,
  names: Names,
  usual: readonly number[] = names.pools.map((_, p) => p),
): { readonly [key: string]: Plain | undefined } {
  const { pools, speeds, values } = spec;
  const all = pools.length === usual.length && pools.every((p, i) => p === usual[i]);
  return {
    type: unless(type, spec.type),
    work: lawIn(spec.work),
    pools:
      speeds !== undefined
        ? Object.fromEntries(pools.map((p, i) => [names.pools[p]!, speeds[i]!]))
        : all && spec.needs === undefined
          ? undefined
          : pools.map((p) => names.pools[p]!),
    attemptFailure: unless(0, spec.attemptFailure),
    retry: retryIn(spec.retry),
    timeout: finite(spec.timeout),
    scheduleToStart: lawOr(spec.scheduleToStart),
    hedge: spec.hedge === undefined ? undefined : hedgeIn(spec.hedge),
    needs: spec.needs && { ...spec.needs },
    output: spec.bytesOut,
    cache: spec.cache && { ...spec.cache },
    changeover: lawOr(spec.changeover),
    values:
      values === undefined
        ? undefined
        : Object.fromEntries(values.names.map((value, v) => [value, values.weights[v]!])),
  };
}

const hedgeIn = ({ after, cleanUp }: Hedge): Plain => ({
  after: after === undefined || "quantile" in after ? after : lawIn(after),
  cleanUp: lawOr(cleanUp),
});

function retryIn(retry: Retry): Plain | undefined {
  if (JSON.stringify(retry) === JSON.stringify(ONE_ATTEMPT)) return undefined;
  const { attempts, backoff, work } = retry;
  const { first, factor, cap, jitter, draw } = backoff;
  const none = first === 0 && factor === 1 && cap === Number.POSITIVE_INFINITY && jitter === 0;
  return {
    attempts: attempts === UNBOUNDED_ATTEMPTS ? "unlimited" : attempts,
    backoff:
      draw !== undefined
        ? { draw: lawIn(draw) }
        : none
          ? undefined
          : { first, factor, cap: finite(cap), jitter: unless(0, jitter) },
    work: unless("fresh", work),
  };
}

const usersIn = ({ users, think, ramp }: ClosedArrivals): Plain => ({
  users,
  think: lawIn(think),
  ramp: unless(0, ramp),
});

const traceIn = (trace: TraceReplay, names: Names): Plain => ({
  path: trace.path,
  timeScale: unless(1, trace.timeScale),
  workScale: unless(1, trace.workScale),
  repeat: unless(1, trace.repeat),
  pools: trace.pools.length === names.pools.length ? undefined : trace.pools.map((p) => names.pools[p]!),
  attemptFailure: unless(0, trace.attemptFailure),
  retry: retryIn(trace.retry),
  deadline: finite(trace.deadline),
  from: unless(0, trace.from),
  until: finite(trace.until),
  amplify: unless(1, trace.amplify),
  jitter: trace.jitter.kind === "deterministic" && trace.jitter.value === 0 ? undefined : lawIn(trace.jitter),
  work: trace.work,
  recordedSpeeds: trace.recordedSpeeds && { ...trace.recordedSpeeds },
  failures: trace.failures,
  needs: trace.needs,
  closed: trace.closed && usersIn(trace.closed),
  prefixSaving: trace.prefixSaving,
});

function weatherIn({ pools, when, effect, observed }: Weather, names: Names): Plain {
  return {
    pools: pools.map((p) => names.pools[p]!),
    ...(when.kind === "scheduled"
      ? { at: when.spans }
      : { every: lawIn(when.every), lasts: lawIn(when.lasts) }),
    ...effectIn(effect),
    observed,
  };
}

function effectIn(effect: Weather["effect"]): { readonly [key: string]: Plain } {
  switch (effect.kind) {
    case "outage":
      return { outage: effect.interrupted };
    case "brownout":
      return { brownout: effect.speed };
    case "failures":
      return {
        failures:
          effect.judged === undefined
            ? effect.attemptFailure
            : { share: effect.attemptFailure, judged: effect.judged },
      };
    case "stragglers":
      return { stragglers: { share: effect.share, slowdown: lawIn(effect.slowdown) } };
  }
}
