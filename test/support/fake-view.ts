import { SequentialStream } from "../../src/kit/sequential-stream.js";
import type { DecisionView } from "../../src/model/decision-view.js";
import type { DecisionKind } from "../../src/model/scenario.js";

export interface FakeTask {
  readonly size: number;
  readonly type: string;
  readonly attempts: number;
  readonly attemptsAllowed: number;
  readonly readyAt: number;
  readonly submittedAt: number;
  readonly dueAt: number;
  readonly upwardRank: number;
  readonly priority: number;
  /** Work of each alternative, at `branch`. */
  readonly variants: readonly number[];
  readonly affinity: number;
  readonly cached: number;
  readonly startedAt: number;
  readonly straggles: boolean;
}

export interface FakePool {
  readonly name: string;
  readonly servers: number;
  readonly running: number;
  readonly waiting: number;
  readonly speed: number;
  readonly price: number;
  readonly backlog: number;
  /** Probability that an attempt of any task fails here. */
  readonly failure: number;
  readonly starting: number;
  readonly open: boolean;
  readonly capacity: number;
}

export interface FakeView {
  readonly kind: DecisionKind;
  /** At `route` the first is the task; at `dispatch` all are candidates. */
  readonly tasks: readonly Partial<FakeTask>[];
  /** At `route` all are candidates; at `dispatch` the first is the pool. */
  readonly pools: readonly Partial<FakePool>[];
  /** Candidates that must not be taken. */
  readonly forbidden?: readonly number[];
  /** What each candidate does; 0 (START) for all by default, and then there is one for each task or pool. */
  readonly options?: readonly number[];
  readonly time?: number;
  readonly timeScale?: number;
  readonly workflowsInSystem?: number;
}

const TASK: FakeTask = {
  size: 1,
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
  cached: 0,
  startedAt: Number.NaN,
  straggles: false,
};
const POOL: FakePool = {
  name: "p",
  servers: 1,
  running: 0,
  waiting: 0,
  speed: 1,
  price: 0,
  backlog: 0,
  failure: 0,
  starting: 0,
  open: true,
  capacity: Number.POSITIVE_INFINITY,
};

/**
 * Handles that differ from candidate numbers, so that whoever mixes them up is found out. They run to the other side:
 * candidate i of n is handle n - 1 - i.
 */
export function fakeView(fake: FakeView): DecisionView {
  const { kind, forbidden = [], options = [], time = 10, timeScale = 1, workflowsInSystem = 3 } = fake;
  const route = kind === "route";
  const tasks = fake.tasks.map((task) => ({ ...TASK, ...task })).toReversed();
  const pools = fake.pools.map((pool) => ({ ...POOL, ...pool })).toReversed();
  const count = route ? pools.length : tasks.length;
  const handle = (candidate: number) => {
    if (!(candidate >= 0 && candidate < count)) throw new RangeError(`there is no candidate ${candidate}`);
    return count - 1 - candidate;
  };
  const task = (t: number): FakeTask => tasks[t] ?? unknown("task", t);
  const pool = (p: number): FakePool => pools[p] ?? unknown("pool", p);
  return {
    kind,
    time,
    serial: 0,
    count,
    timeScale,
    workflowsInSystem,
    allowed: (i) => i >= 0 && i < count && !forbidden.includes(i),
    task: (i) => (route ? tasks.length - 1 + 0 * handle(i) : handle(i)),
    pool: (i) => (route ? handle(i) : pools.length - 1 + 0 * handle(i)),
    option: (i) => options[i] ?? 0 * handle(i),
    tasks: {
      size: (t) => task(t).size,
      type: (t) => task(t).type,
      attempts: (t) => task(t).attempts,
      attemptsAllowed: (t) => task(t).attemptsAllowed,
      readyAt: (t) => task(t).readyAt,
      submittedAt: (t) => task(t).submittedAt,
      dueAt: (t) => task(t).dueAt,
      upwardRank: (t) => task(t).upwardRank,
      priority: (t) => task(t).priority,
      failureProbability: (t, p) => 0 * task(t).size + pool(p).failure,
      affinity: (t, p) => task(t).affinity + 0 * pool(p).speed,
      variantSize: (t, variant) => task(t).variants[variant] ?? Number.NaN,
      cachedShare: (t, p) => task(t).cached + 0 * pool(p).speed,
      startedAt: (t) => task(t).startedAt,
      straggles: (t) => task(t).straggles,
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
      starting: (p) => pool(p).starting,
      open: (p) => pool(p).open,
      capacity: (p) => pool(p).capacity,
    },
  };
}

function unknown(what: string, handle: number): never {
  throw new RangeError(`there is no ${what} with handle ${handle}`);
}

/** A choice among pools, the task plain. */
export const route = (pools: readonly Partial<FakePool>[], rest: Partial<FakeView> = {}): DecisionView =>
  fakeView({ kind: "route", tasks: [{}], pools, ...rest });

/** A choice among waiting tasks, the pool plain. */
export const dispatch = (tasks: readonly Partial<FakeTask>[], rest: Partial<FakeView> = {}): DecisionView =>
  fakeView({ kind: "dispatch", tasks, pools: [{}], ...rest });

/** A view that a seed makes up: from 2 to 200 candidates, some forbidden, with extreme figures among the usual. */
export function anyView(kind: DecisionKind, seed: number): DecisionView {
  const draw = new SequentialStream(`view/${kind}/${seed}`);
  const chance = (p: number) => draw.next() < p;
  const pick = <T>(of: readonly T[]): T => of[draw.integer(of.length)]!;
  const count = chance(0.7) ? 2 + draw.integer(6) : 2 + draw.integer(199);
  const amount = () => pick([0, 1, 1, draw.next(), 100 * draw.next(), 1e9]);
  const task = (): FakeTask => ({
    size: amount(),
    type: pick(["a", "b"]),
    attempts: draw.integer(3),
    attemptsAllowed: 3,
    readyAt: 10 * draw.next(),
    submittedAt: 0,
    dueAt: pick([Number.POSITIVE_INFINITY, 5, 10 + 20 * draw.next()]),
    upwardRank: amount(),
    priority: draw.integer(5) - 2,
    variants: [],
    affinity: 1,
    cached: 0,
    startedAt: Number.NaN,
    straggles: false,
  });
  const pool = (_: unknown, p: number): FakePool => {
    const servers = 1 + draw.integer(8);
    const waiting = pick([0, 0, 1, draw.integer(50)]);
    const running = waiting > 0 ? servers : draw.integer(servers + 1);
    return {
      name: `p${p}`,
      servers,
      running,
      waiting,
      speed: pick([1, 2, 1e-3, 1e3, 0.1 + draw.next()]),
      price: pick([0, draw.next(), 1e6]),
      backlog: running + waiting > 0 ? amount() : 0,
      failure: pick([0, 0, draw.next(), 1]),
      starting: 0,
      open: true,
      capacity: Number.POSITIVE_INFINITY,
    };
  };
  const list = Array.from({ length: count }, (_, i) => i);
  const spared = draw.integer(count);
  const forbidding = pick([0, 0, 0.3, 0.9, 1]);
  return fakeView({
    kind,
    tasks: kind === "route" ? [task()] : list.map(task),
    pools: kind === "route" ? list.map(pool) : [pool(null, 0)],
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
