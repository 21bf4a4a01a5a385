import { SequentialStream } from "../../src/kit/sequential-stream.js";
import {
  type DecisionView,
  DUPLICATE,
  GIVE_UP,
  NO,
  NONE,
  OTHER_POOL,
  SAME_POOL,
  START,
  WAIT,
  YES,
} from "../../src/model/decision-view.js";
import type { DecisionKind } from "../../src/model/scenario.js";

/** A figure of a task in each pool, by the pool's place in `FakeView.pools`; a single number where it is the same in all. */
type PerPool = number | readonly number[];

export interface FakeTask {
  readonly size: number;
  readonly remaining: number;
  readonly type: string;
  readonly attempts: number;
  readonly attemptsAllowed: number;
  readonly readyAt: number;
  readonly submittedAt: number;
  readonly dueAt: number;
  readonly upwardRank: number;
  readonly priority: number;
  /** Alternatives, at `branch`. */
  readonly variants: readonly {
    readonly size: number;
    readonly affinity?: PerPool;
    readonly failure?: PerPool;
  }[];
  readonly affinity: PerPool;
  readonly cached: PerPool;
  readonly recordedPool: number;
  readonly changeover: PerPool;
  readonly startedAt: number;
  /** Place of a pool in `FakeView.pools`; none by default. */
  readonly runsAt: number;
  readonly straggles: boolean;
  readonly queueLength: number;
  readonly standsFor: number;
  readonly next: readonly { readonly type: string; readonly length: number }[];
  readonly needs: readonly number[];
}

export interface FakePool {
  readonly name: string;
  readonly servers: number;
  readonly running: number;
  readonly waiting: number;
  readonly speed: number;
  readonly price: number;
  readonly backlog: number;
  readonly queuedWork: number;
  /** Places of the pools that serve the same queue, itself among them; it alone by default. */
  readonly peers: readonly number[];
  /** Probability that an attempt of any task fails here. */
  readonly failure: number;
  readonly starting: number;
  readonly open: boolean;
  readonly capacity: number;
  readonly arrivedWork: number;
  readonly resources: readonly number[];
  readonly free: readonly number[];
}

/** Places of a candidate's task and pool in `FakeView`, NONE for none, and what it does. */
export type FakeCandidate = readonly [task: number, pool: number, option: number];

export interface FakeView {
  readonly kind: DecisionKind;
  readonly tasks: readonly Partial<FakeTask>[];
  readonly pools: readonly Partial<FakePool>[];
  /**
   * By default, at `route` the first task in every pool; at `dispatch` every task in every pool that has a free server
   * (in every one where none has), in order of the tasks; elsewhere the first task and pool with each of `options`.
   */
  readonly candidates?: readonly FakeCandidate[];
  readonly options?: readonly number[];
  /** Candidates that must not be taken. */
  readonly forbidden?: readonly number[];
  readonly time?: number;
  readonly timeScale?: number;
  readonly workflowsInSystem?: number;
  /** By source. */
  readonly arrivalPhases?: readonly number[];
  readonly observedArrivalRate?: number;
}

const TASK: FakeTask = {
  size: 1,
  remaining: Number.NaN,
  type: "a",
  attempts: 0,
  attemptsAllowed: 1,
  readyAt: 0,
  submittedAt: 0,
  dueAt: Number.POSITIVE_INFINITY,
  upwardRank: 1,
  priority: 0,
  variants: [],
  affinity: 1,
  changeover: 0,
  cached: 0,
  recordedPool: NONE,
  startedAt: Number.NaN,
  runsAt: NONE,
  straggles: false,
  queueLength: 1,
  standsFor: 1,
  next: [],
  needs: [],
};
const POOL: FakePool = {
  name: "p",
  servers: 1,
  running: 0,
  waiting: 0,
  speed: 1,
  price: 0,
  backlog: 0,
  queuedWork: 0,
  peers: [],
  failure: 0,
  starting: 0,
  open: true,
  capacity: Number.POSITIVE_INFINITY,
  arrivedWork: 0,
  resources: [],
  free: [],
};

/** Options of the kinds whose candidates differ in nothing else. */
const OPTIONS: Partial<Record<DecisionKind, readonly number[]>> = {
  admit: [NO, YES],
  hedge: [NO, YES],
  retry: [SAME_POOL, OTHER_POOL, GIVE_UP],
};

/** The candidates of a view, in their order. */
export function candidatesOf({
  kind,
  tasks,
  pools,
  options,
  candidates,
}: FakeView): readonly FakeCandidate[] {
  if (candidates !== undefined) return candidates;
  if (kind === "route") return pools.map((_, p) => [0, p, 0]);
  if (kind === "dispatch") {
    const all = pools.map((pool, p) => ({ ...POOL, ...pool, p }));
    const free = all.filter((pool) => pool.running < pool.servers);
    return tasks.flatMap((_, t) => (free.length > 0 ? free : all).map(({ p }) => [t, p, START] as const));
  }
  const ofPool = kind === "admit" || kind === "branch" ? NONE : 0;
  const ofTask = kind === "scale" ? NONE : 0;
  const given = options ?? OPTIONS[kind] ?? tasks[0]!.variants!.map((_, v) => v);
  return given.map((option) => [ofTask, ofPool, option]);
}

/**
 * Handles that differ from places and from candidate numbers, so that whoever mixes them up is found out: they run to the
 * other side. A figure of what is not there (NONE, a candidate beyond the last) is an error.
 */
export function fakeView(fake: FakeView): DecisionView {
  const { kind, forbidden = [], time = 10, timeScale = 1, workflowsInSystem = 3 } = fake;
  const candidates = candidatesOf(fake);
  const tasks = fake.tasks.map((task) => ({ ...TASK, ...task })).toReversed();
  const pools = fake.pools.map((pool) => ({ ...POOL, ...pool })).toReversed();
  const handle = (place: number, of: readonly unknown[]) => (place === NONE ? NONE : of.length - 1 - place);
  const candidate = (i: number) => candidates[i] ?? unknown("candidate", i);
  const task = (t: number): FakeTask => tasks[t] ?? unknown("task", t);
  const pool = (p: number): FakePool => pools[p] ?? unknown("pool", p);
  const inPool = (figure: PerPool, p: number): number => {
    pool(p);
    return typeof figure === "number" ? figure : figure[pools.length - 1 - p]!;
  };
  const variant = (t: number, v: number) => task(t).variants[v] ?? unknown("alternative", v);
  const next = (t: number, k: number) => task(t).next[k] ?? unknown("child", k);
  return {
    kind,
    time,
    serial: 0,
    count: candidates.length,
    timeScale,
    workflowsInSystem,
    arrivalPhase: (source) => fake.arrivalPhases?.[source] ?? NONE,
    observedArrivalRate: fake.observedArrivalRate ?? 0,
    allowed: (i) => i >= 0 && i < candidates.length && !forbidden.includes(i),
    task: (i) => handle(candidate(i)[0], tasks),
    pool: (i) => handle(candidate(i)[1], pools),
    option: (i) => candidate(i)[2],
    tasks: {
      size: (t) => task(t).size,
      remaining: (t) => (Number.isNaN(task(t).remaining) ? task(t).size : task(t).remaining),
      type: (t) => task(t).type,
      attempts: (t) => task(t).attempts,
      attemptsAllowed: (t) => task(t).attemptsAllowed,
      readyAt: (t) => task(t).readyAt,
      submittedAt: (t) => task(t).submittedAt,
      dueAt: (t) => task(t).dueAt,
      upwardRank: (t) => task(t).upwardRank,
      priority: (t) => task(t).priority,
      failureProbability: (t, p) => 0 * task(t).size + pool(p).failure,
      affinity: (t, p) => inPool(task(t).affinity, p),
      variantSize: (t, v) => variant(t, v).size,
      variantAffinity: (t, v, p) => inPool(variant(t, v).affinity ?? 1, p),
      variantFailure: (t, v, p) => inPool(variant(t, v).failure ?? 0, p),
      recordedPool: (t) => task(t).recordedPool,
      cachedShare: (t, p) => inPool(task(t).cached, p),
      changeover: (t, p) => inPool(task(t).changeover, p),
      startedAt: (t) => task(t).startedAt,
      runsAt: (t) => handle(task(t).runsAt, pools),
      straggles: (t) => task(t).straggles,
      queueLength: (t) => task(t).queueLength,
      standsFor: (t) => task(t).standsFor,
      nextCount: (t) => task(t).next.length,
      nextType: (t, k) => next(t, k).type,
      nextLength: (t, k) => next(t, k).length,
      need: (t, r) => task(t).needs[r] ?? 0,
    },
    pools: {
      count: pools.length,
      name: (p) => pool(p).name,
      servers: (p) => pool(p).servers,
      running: (p) => pool(p).running,
      waiting: (p) => pool(p).waiting,
      speed: (p) => pool(p).speed,
      price: (p) => pool(p).price,
      backlog: (p) => pool(p).backlog,
      queuedWork: (p) => pool(p).queuedWork,
      peers: (p) => (pool(p).peers.length > 0 ? pool(p).peers.map((place) => handle(place, pools)) : [p]),
      starting: (p) => pool(p).starting,
      open: (p) => pool(p).open,
      capacity: (p) => pool(p).capacity,
      arrivedWork: (p) => pool(p).arrivedWork,
      resource: (p, r) => pool(p).resources[r] ?? Number.POSITIVE_INFINITY,
      freeShare: (p, r) => pool(p).free[r] ?? 1,
    },
  };
}

function unknown(what: string, handle: number): never {
  throw new RangeError(`there is no ${what} with handle ${handle}`);
}

/** A choice among pools, the task plain. */
export const route = (pools: readonly Partial<FakePool>[], rest: Partial<FakeView> = {}): DecisionView =>
  fakeView({ kind: "route", tasks: [{}], pools, ...rest });

/** A choice among waiting tasks, one plain pool where `rest` names none. */
export const dispatch = (tasks: readonly Partial<FakeTask>[], rest: Partial<FakeView> = {}): DecisionView =>
  fakeView({ kind: "dispatch", tasks, pools: [{}], ...rest });

/**
 * A view that a seed makes up: from 2 to some 200 candidates, some forbidden, with extreme figures among the usual: pools
 * without a server, closed ones, tasks that may not run everywhere, WAIT and DUPLICATE among the pairs of a `dispatch`.
 */
export function anyView(kind: DecisionKind, seed: number): DecisionView {
  const draw = new SequentialStream(`view/${kind}/${seed}`);
  const chance = (p: number) => draw.next() < p;
  const pick = <T>(of: readonly T[]): T => of[draw.integer(of.length)]!;
  const many = (few: number, most: number) => 1 + draw.integer(chance(0.7) ? few : most);
  const amount = () => pick([0, 1, 1, draw.next(), 100 * draw.next(), 1e9]);
  const share = () => pick([0, draw.next(), 1]);
  const byPool = <T>(of: () => T): T[] => pools.map(of);

  const offered = kind === "route" || kind === "dispatch";
  const pool = (_: unknown, p: number): FakePool => {
    const servers = chance(0.1) ? 0 : 1 + draw.integer(8);
    const waiting = pick([0, 0, 1, draw.integer(50)]);
    const running = waiting > 0 && kind !== "dispatch" ? servers : draw.integer(servers + 1);
    return {
      name: `p${p}`,
      servers,
      running,
      waiting,
      speed: pick([1, 2, 1e-3, 1e3, 0.1 + draw.next()]),
      price: pick([0, draw.next(), 1e6]),
      backlog: running + waiting > 0 ? amount() : 0,
      queuedWork: 0,
      peers: [],
      failure: share(),
      starting: pick([0, 0, draw.integer(4)]),
      open: chance(0.9),
      capacity: pick([Number.POSITIVE_INFINITY, servers + waiting]),
      arrivedWork: amount(),
      resources: pick([[], [8, 64e9], [0.5 + draw.next(), 1e9, 1]]),
      free: [share(), share(), share()],
    };
  };
  const task = (): FakeTask => {
    const size = amount();
    return {
      size,
      remaining: pick([size, size * draw.next()]),
      type: pick(["a", "b"]),
      attempts: draw.integer(3),
      attemptsAllowed: 3,
      readyAt: 10 * draw.next(),
      submittedAt: 0,
      dueAt: pick([Number.POSITIVE_INFINITY, 5, 10 + 20 * draw.next()]),
      upwardRank: amount(),
      priority: draw.integer(5) - 2,
      variants: Array.from({ length: kind === "branch" ? 1 + many(4, 20) : 0 }, () => ({
        size: pick([Number.NaN, amount()]),
        affinity: byPool(() => pick([0, 1, 1, 2])),
        failure: share(),
      })),
      // What is offered can run; elsewhere it may not.
      affinity: byPool(() => pick([offered ? 1 : 0, 1, 1, 1, 2, 0.5])),
      cached: byPool(share),
      recordedPool: chance(0.5) ? draw.integer(pools.length) : NONE,
      changeover: byPool(() => pick([0, 0, amount()])),
      startedAt: pick([Number.NaN, 10 * draw.next()]),
      runsAt: chance(0.5) ? draw.integer(pools.length) : NONE,
      straggles: chance(0.2),
      queueLength: 1 + draw.integer(20),
      standsFor: 1 + draw.integer(3),
      next: Array.from({ length: draw.integer(3) }, () => ({
        type: pick(["a", "b", "c"]),
        length: draw.integer(20),
      })),
      needs: [amount(), 1e9 * draw.next(), draw.integer(2)],
    };
  };

  const pools = Array.from({ length: kind === "route" ? 1 + many(6, 199) : many(4, 10) }, pool);
  const tasks = Array.from({ length: kind === "dispatch" ? 1 + many(6, 19) : 1 }, task);
  const sizes = 1 + many(4, 60);
  const plain = candidatesOf({
    kind,
    tasks,
    pools,
    ...(kind === "scale" ? { options: Array.from({ length: sizes }, (_, n) => n) } : {}),
  });
  let candidates = plain;
  if (kind === "dispatch") {
    const idle = draw.integer(pools.length);
    const places = tasks.map((_, t) => t);
    const copied = places.filter(() => chance(0.3));
    const waiting = places.filter((t) => !copied.includes(t));
    candidates = [
      ...plain.filter(([t]) => waiting.includes(t)),
      ...copied.map((t) => [t, idle, DUPLICATE] as const),
      ...(chance(0.5) || waiting.length === 0 ? [[NONE, NONE, WAIT] as const] : []),
    ];
    if (candidates.length < 2) candidates = plain;
  }
  const list = candidates.map((_, i) => i);
  const spared = draw.integer(list.length);
  const forbidding = pick([0, 0, 0.3, 0.9, 1]);
  return fakeView({
    kind,
    tasks,
    pools,
    candidates,
    forbidden: list.filter((i) => i !== spared && chance(forbidding)),
  });
}

/** A view that cannot be changed, and that nobody can read any more after `take` of it was called. */
export function passing(view: DecisionView): { readonly view: DecisionView; readonly take: () => void } {
  const lent = [view.tasks, view.pools].map((part) => Proxy.revocable(Object.freeze(part), {}));
  const whole = Proxy.revocable(
    Object.freeze({ ...view, tasks: lent[0]!.proxy, pools: lent[1]!.proxy }) as DecisionView,
    {},
  );
  return {
    view: whole.proxy,
    take: () => {
      for (const { revoke } of [...lent, whole]) revoke();
    },
  };
}
