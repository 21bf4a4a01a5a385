import { InputErrors } from "../../src/kit/errors.js";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import { parseScenario } from "../../src/model/parse-scenario.js";
import { DECISION_KINDS, type DecisionKind, type Scenario } from "../../src/model/scenario.js";
import { HEURISTICS } from "../../src/policy/catalogue.js";

/** What stands in a file, as plain data. */
type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };
type Fields = Record<string, Plain>;

/**
 * A scenario that a seed makes up out of everything that the format has, as it would stand in a file: what is refused is
 * never drawn, and the parser is there to say so. Small, and each time with another mixture. A few draws come out with a
 * task that can never run, which the parser refuses; then the next is taken.
 */
export function wild(seed: number): Scenario {
  for (let attempt = 0; ; attempt++) {
    const text = JSON.stringify(wildFile(seed, attempt));
    try {
      return parseScenario(text, { file: `wild ${seed}` });
    } catch (error) {
      const refused = error instanceof InputErrors && error.message.includes("can never run");
      if (!refused || attempt > 100) throw error;
    }
  }
}

/** A policy that makes every kind of decision, as a spec: drawn from the whole catalogue. */
export function wildPolicy(seed: number): string {
  const draw = new Draw(`wild policy/${seed}`);
  const parts = DECISION_KINDS.map((kind) => {
    const able = HEURISTICS.filter(({ kinds }) => (kinds as readonly DecisionKind[]).includes(kind));
    return draw.chance(0.3) ? "random" : draw.pick(able).name;
  });
  return parts.join("+");
}

/** A scenario of which all ends at last: arrivals stop, and it goes without what may stop a task for ever: servers
 * that go or may idle, and work that is lost again and again. */
export const calm = (s: Scenario): Scenario => ({
  ...s,
  horizon: 5000,
  warmup: 0,
  pools: s.pools.map(({ scaling: _s, breakdown: _b, drain: _d, servers, ...rest }) => ({
    ...rest,
    servers: Math.max(1, servers),
  })),
  ...(s.queues === undefined ? {} : { queues: s.queues.map((queue) => ({ ...queue, idling: false })) }),
  workflows: s.workflows.map((w) =>
    w.arrivals === undefined
      ? w
      : { ...w, arrivals: { kind: "piecewise", rates: [1], lengths: [20], repeat: false } },
  ),
  ...(s.weather === undefined ? {} : { weather: s.weather.filter(({ effect }) => effect.kind !== "outage") }),
});

class Draw {
  private readonly stream: SequentialStream;
  constructor(name: string) {
    this.stream = new SequentialStream(name);
  }
  next = (): number => this.stream.next();
  chance = (p: number): boolean => this.next() < p;
  between = (low: number, high: number): number => low + this.stream.integer(high - low + 1);
  pick = <T>(of: readonly T[]): T => of[this.stream.integer(of.length)]!;
  /** At least one of them, in their order. */
  some = <T>(of: readonly T[], p = 0.6): T[] => {
    const chosen = of.filter(() => this.chance(p));
    return chosen.length > 0 ? chosen : [this.pick(of)];
  };
  /** The field with a probability, else nothing. */
  maybe = (p: number, key: string, value: () => Plain): Fields => (this.chance(p) ? { [key]: value() } : {});
}

/** How likely each feature is in this scenario: most have few, some have all. */
interface Mood {
  readonly pool: number;
  readonly task: number;
  readonly flow: number;
}

/** A pool as drawn, with what decides which tasks may name it. */
interface DrawnPool {
  readonly name: string;
  readonly fields: Fields;
  readonly central: boolean;
}

function wildFile(seed: number, attempt: number): Fields {
  const draw = new Draw(`wild/${seed}/${attempt}`);
  const { chance, between, pick, maybe } = draw;
  const mood: Mood = {
    pool: pick([0.05, 0.15, 0.35]),
    task: pick([0.05, 0.15, 0.35]),
    flow: pick([0.05, 0.2, 0.4]),
  };
  const count = between(1, 5);
  const centralSize = count > 1 && chance(0.4) ? between(2, count) : chance(0.1) ? 1 : 0;
  const reallocate = chance(0.2);
  const pools = Array.from({ length: count }, (_, p) => {
    const central = p < centralSize;
    return { name: `p${p}`, central, fields: wildPool(draw, mood, central, central && reallocate) };
  });
  const queues: Fields =
    centralSize === 0
      ? {}
      : {
          queues: {
            q0: {
              pools: pools.slice(0, centralSize).map(({ name }) => name),
              ...maybe(0.4, "discipline", () => "priority"),
              ...maybe(0.2, "capacity", () => between(1, 8)),
              ...maybe(0.3, "idling", () => true),
              ...(reallocate ? { reallocate: true } : maybe(0.3, "duplicates", () => true)),
            },
          },
        };
  const called = chance(2 * mood.flow) ? between(1, 2) : 0;
  const own = between(1, 3);
  const servers = Math.max(
    1,
    pools.reduce((sum, { fields }) => sum + serversOf(fields), 0),
  );
  const workflows: Fields = {};
  for (let w = own + called - 1; w >= 0; w--) {
    // Who is called comes after who calls, so that nobody calls himself.
    const callable = Array.from({ length: called }, (_, k) => own + k).filter((inner) => inner > w);
    const tasks = wildTasks(
      draw,
      mood,
      pools,
      callable.map((k) => `w${k}`),
    );
    const gap = (Object.keys(tasks).length * own) / (servers * (0.3 + 0.8 * draw.next()));
    workflows[`w${w}`] = {
      ...(w < own || chance(0.1) ? { arrivals: wildArrivals(draw, gap) } : {}),
      ...maybe(0.5, "deadline", () => pick([2, 5, 10])),
      ...maybe(mood.flow, "timeout", () => pick(["5", "exponential(8)", "uniform(1, 20)"])),
      priority: between(-1, 2),
      tasks,
    };
  }
  const horizon = pick([40, 60, 90]);
  return {
    scenario: `wild-${seed}`,
    horizon,
    ...maybe(0.5, "warmup", () => 12),
    sizes: pick(["expected", "known"]),
    decide: DECISION_KINDS.filter(() => chance(0.6)),
    objective: { minimize: "flowTime + 0.5 * cost + 2 * deadlineMisses" },
    pools: Object.fromEntries(pools.map(({ name, fields }) => [name, fields])),
    ...queues,
    workflows: Object.fromEntries(Object.entries(workflows).reverse()),
    ...maybe(0.3, "transfers", () => ({ latency: 0.1, bandwidth: 10, price: 0.01 })),
    ...maybe(2 * mood.pool, "weather", () => wildWeather(draw, pools, horizon)),
  };
}

const SHARING: readonly Plain[] = ["ps", "las"];
const PREEMPTIVE = ["priority-preemptive", "srpt", "psjf"];

function serversOf({ servers, scaling }: Fields): number {
  if (servers === "unlimited") return 3;
  if (Array.isArray(servers)) return servers.length;
  return (servers as number | undefined) ?? (scaling as { min: number } | undefined)?.min ?? 1;
}

function wildPool(draw: Draw, mood: Mood, central: boolean, reallocate: boolean): Fields {
  const { chance, between, pick, maybe } = draw;
  const packs = !reallocate && chance(0.7 * mood.pool);
  const unlimited = !central && !packs && chance(0.3 * mood.pool);
  const orders = ["fifo", "lifo", "sjf", "priority"];
  const discipline =
    central || chance(0.4) ? "fifo" : pick([...orders, ...(packs ? [] : [...PREEMPTIVE, "ps", "las"])]);
  const shares = SHARING.includes(discipline);
  const few = !packs && !unlimited;
  const scales = few && !reallocate && chance(mood.pool);
  const least = between(0, 2);
  const most = least + between(1, 3);
  return {
    servers: unlimited ? "unlimited" : scales ? between(least, most) : between(1, packs ? 2 : 4),
    ...(central ? {} : { discipline }),
    ...(central ? {} : maybe(0.15, "capacity", () => between(1, 8))),
    ...maybe(0.6, "speed", () => pick([0.5, 1, 2, 1.7])),
    ...maybe(0.5, "price", () => pick([1, 0.3])),
    ...maybe(mood.pool, "idlePrice", () => 0.1),
    ...maybe(mood.pool, "setupPrice", () => 0.2),
    ...maybe(mood.pool, "startPrice", () => 0.5),
    ...maybe(mood.pool, "power", () => ({ busy: 300, idle: pick([0, 80]) })),
    ...maybe(mood.pool, "attemptFailure", () => 0.3 * draw.next()),
    ...maybe(mood.pool, "loadFailure", () => 0.3 * draw.next()),
    ...maybe(reallocate ? 0 : mood.pool, "rateLimit", () => ({
      rate: pick([1, 2, 4]),
      burst: between(1, 3),
      onLimit: central ? "wait" : pick(["wait", "reject"]),
    })),
    ...maybe(mood.pool, "stragglers", () =>
      // Where servers are shared none straggles from an onset on.
      chance(0.5) || shares
        ? { share: 0.2, slowdown: pick(["3", "uniform(2, 5)"]) }
        : { onset: pick(["1", "exponential(2)"]), slowdown: pick(["3", "uniform(0.5, 5)"]) },
    ),
    ...maybe(mood.pool, "drain", () => [
      { from: pick([0, 10]), until: 15 },
      { from: 30, until: pick([31, 50]) },
    ]),
    ...maybe(reallocate ? 0 : mood.pool, "cache", () => ({ blocks: pick([1, 4, 20]) })),
    ...(packs
      ? {
          resources: { cpu: 4, ...maybe(0.4, "memory", () => 8) },
          ...maybe(0.7, "packing", () => pick(["best-fit", "first-fit", "worst-fit"])),
          ...(central ? {} : maybe(0.5, "backfill", () => true)),
        }
      : {}),
    ...(scales
      ? {
          scaling: {
            min: least,
            max: most,
            every: pick([1, 5, "event"]),
            ...maybe(0.7, "setup", () => pick(["1", "exponential(1)"])),
            ...maybe(0.4, "teardown", () => pick(["0.5", "exponential(1)"])),
            ...(shares ? {} : maybe(0.5, "idleTimeout", () => pick(["2", "exponential(1)"]))),
          },
        }
      : {}),
    ...(few
      ? maybe(mood.pool, "breakdown", () => ({
          every: pick(["exponential(8)", "uniform(2, 10)", "5"]),
          lasts: pick(["exponential(1)", "1"]),
          mode: shares ? "always" : pick(["always", "busy"]),
          interrupted: shares ? "resume" : pick(["resume", "restart", "fail"]),
        }))
      : {}),
  };
}

const work = ({ pick }: Draw): Plain => {
  const mean = pick([0.5, 1, 2]);
  return pick([
    `${mean}`,
    "1",
    `exponential(${mean})`,
    `uniform(0, ${2 * mean})`,
    `lognormal(mean = ${mean}, cv = 1)`,
    `gamma(mean = ${mean}, cv = 2)`,
    `erlang(stages = 3, mean = ${mean})`,
    `weibull(shape = 0.8, scale = ${mean})`,
    `pareto(alpha = 1.5, low = ${0.3 * mean}, high = ${20 * mean})`,
    `hyperexponential(weights = [0.2, 0.8], means = [${3 * mean}, ${0.5 * mean}])`,
    "empirical([0, 0.5, 1, 4], weights = [1, 3, 4, 2])",
  ]);
};

/** What an attempt takes and may do. */
function wildSpec(
  draw: Draw,
  mood: Mood,
  pools: readonly DrawnPool[],
  answers: boolean,
  many = false,
): Fields {
  const { chance, between, pick, maybe, some } = draw;
  const named = chance(0.3) ? pools : some(pools);
  const packing = named.some(({ fields }) => fields["resources"] !== undefined);
  const caching = named.some(({ fields }) => fields["cache"] !== undefined);
  const alone = named.every(
    ({ fields }) =>
      fields["servers"] === 1 &&
      fields["scaling"] === undefined &&
      fields["resources"] === undefined &&
      !SHARING.includes(fields["discipline"] ?? "fifo"),
  );
  return {
    work: work(draw),
    pools: chance(0.2)
      ? Object.fromEntries(named.map(({ name }) => [name, pick([0.5, 1, 2])]))
      : named.map(({ name }) => name),
    ...maybe(mood.task, "type", () => pick(["x", "y"])),
    ...maybe(mood.task, "attemptFailure", () => 0.4 * draw.next()),
    ...maybe(mood.task, "timeout", () => pick([1, 2, 3.5])),
    ...maybe(mood.task, "scheduleToStart", () => pick(["2", "exponential(3)"])),
    ...maybe(1.5 * mood.task, "retry", () => ({
      attempts: between(1, 4),
      ...maybe(0.7, "backoff", () =>
        pick<Plain>([
          "exponential(0.5)",
          "fixed(1)",
          { draw: "exponential(1)" },
          { first: 0.5, factor: 2, cap: 2, jitter: 0.5 },
        ]),
      ),
      ...maybe(0.5, "work", () => pick(["same", "fresh"])),
    })),
    ...maybe(mood.task, "hedge", () => ({
      after: pick<Plain>(["1", "exponential(1)", "0", { quantile: 0.8 }]),
      ...maybe(0.5, "cleanUp", () => pick(["0.2", "exponential(0.5)", "0"])),
    })),
    ...(packing
      ? maybe(0.8, "needs", () => ({ cpu: pick([1, 2, 4, 1.5]), ...maybe(0.3, "memory", () => 3) }))
      : {}),
    ...maybe(many ? 0 : mood.task, "output", () => pick([1, 5])),
    ...(caching
      ? maybe(0.7, "cache", () => ({ keys: 5, blocks: between(1, 3), saving: pick([0.5, 1]) }))
      : {}),
    ...(alone ? maybe(2 * mood.task, "changeover", () => pick(["0.5", "exponential(0.3)"])) : {}),
    ...(answers ? { values: { yes: 0.6, no: 0.4 } } : {}),
  };
}

function wildTasks(draw: Draw, mood: Mood, pools: readonly DrawnPool[], callable: readonly string[]): Fields {
  const { chance, between, pick, maybe } = draw;
  const tasks: Fields = {};
  /** Tasks whose success may answer yes. */
  const answering = new Set<number>();
  const count = between(1, 6);
  for (let t = 0; t < count; t++) {
    const parents = Array.from({ length: t }, (_, parent) => parent).filter(() => chance(1.5 / (t + 1)));
    const conditional = chance(mood.flow);
    const after: Plain = conditional
      ? Object.fromEntries(
          parents.map((parent) => [
            `t${parent}`,
            pick(["success", "failure", "done", ...(answering.has(parent) ? ["yes", "no"] : [])]),
          ]),
        )
      : parents.map((parent) => `t${parent}`);
    const many = chance(mood.flow) ? pick(["forEach", "repeat"]) : null;
    const answers = chance(mood.flow);
    let body: Fields;
    const kind = draw.next();
    if (kind < mood.flow / 2 && callable.length > 0) body = { workflow: pick(callable) };
    else if (kind < mood.flow) {
      const alternatives = Array.from({ length: between(2, 3) }, (_, k) => [
        `v${k}`,
        many === null && callable.length > 0 && chance(0.3)
          ? { workflow: pick(callable) }
          : wildSpec(draw, mood, pools, answers && k === 0, many !== null),
      ]);
      body = { oneOf: Object.fromEntries(alternatives) };
    } else body = wildSpec(draw, mood, pools, answers, many !== null);
    const first = body["oneOf"] === undefined ? body : ((body["oneOf"] as Fields)["v0"] as Fields);
    const mayAnswer = first["values"] !== undefined;
    const until = mayAnswer && chance(0.5);
    if (mayAnswer && many === null) answering.add(t);
    tasks[`t${t}`] = {
      ...(parents.length === 0 ? {} : { after }),
      ...(parents.length > 1
        ? maybe(conditional ? 0.8 : 0.3, "join", () => pick(["any", between(1, parents.length)]))
        : {}),
      ...body,
      ...maybe(mood.flow, "optional", () => true),
      ...(many === "forEach"
        ? {
            forEach: pick<Plain>([
              2,
              "uniform(0, 3)",
              { count: "uniform(0, 4)", join: "any" },
              { count: 3, join: 2 },
              { count: "0" },
            ]),
          }
        : {}),
      ...(many === "repeat" ? { repeat: { most: between(1, 4), ...(until ? { until: "yes" } : {}) } } : {}),
      ...maybe(mood.flow, "compensate", () => {
        const { values: _none, ...undo } = wildSpec(draw, mood, pools, false) as Fields & { values?: Plain };
        return undo;
      }),
    };
  }
  return tasks;
}

function wildArrivals(draw: Draw, gap: number): Fields {
  const { pick, between, chance } = draw;
  const rate = 1 / gap;
  const single = (): Fields =>
    pick<() => Fields>([
      () => ({ poisson: rate }),
      () => ({ renewal: `${Math.max(0.5, Math.round(2 * gap) / 2)}` }),
      () => ({ renewal: `erlang(stages = 2, mean = ${gap})` }),
      () => ({ mmpp: { rates: [0.5 * rate, 2 * rate], leave: [0.2, 0.4] } }),
      () => ({
        mmpp: {
          rates: [rate, 0, 3 * rate],
          switching: [
            [0, 0.2, 0.1],
            [0.3, 0, 0],
            [0, 0.5, 0],
          ],
        },
      }),
      () => ({ diurnal: { mean: rate, amplitude: 0.8, period: 30 } }),
      () => ({ piecewise: { rates: [rate, 3 * rate, 0], lengths: [10, 5, 5], repeat: chance(0.5) } }),
      () => ({ flashCrowd: { base: rate, at: 10, rise: 3, peak: 4, decay: 5 } }),
      () => ({ onOff: { rate: 2 * rate, on: "exponential(5)", off: "3" } }),
      () => ({ hawkes: { base: 0.5 * rate, branching: 0.5, decay: 2 } }),
    ])();
  const kind = draw.next();
  if (kind < 0.15)
    return { closed: { users: between(1, 8), think: pick(["exponential(2)", "1"]), ramp: pick([0, 5]) } };
  if (kind > 0.3) return single();
  const size = pick<Plain>([2, 3, { geometric: 0.4 }, { shares: [1, 1, 2] }]);
  return { batch: chance(0.5) ? { rate: rate / 2, size } : { of: single(), size } };
}

function wildWeather(draw: Draw, pools: readonly DrawnPool[], horizon: number): Fields {
  const { pick, between, maybe, some, chance } = draw;
  const weather: Fields = {};
  for (let k = between(1, 3); k > 0; k--) {
    const struck = some(pools);
    const shares = struck.some(({ fields }) => SHARING.includes(fields["discipline"] ?? "fifo"));
    const effect = pick(["outage", "brownout", "failures", "stragglers"]);
    weather[`storm${k}`] = {
      pools: struck.map(({ name }) => name),
      ...(chance(0.5)
        ? {
            at: [
              { from: pick([0, 5, 12]), until: 18 },
              { from: 25, until: pick([26, 2 * horizon]) },
            ],
          }
        : { every: pick(["exponential(10)", "7"]), lasts: pick(["exponential(2)", "2"]) }),
      ...maybe(0.3, "observed", () => false),
      [effect]: {
        outage: shares ? "resume" : pick(["resume", "restart", "fail"]),
        brownout: pick([0.3, 0.5]),
        failures: 0.5,
        stragglers: { share: 0.5, slowdown: "exponential(3)" },
      }[effect] as Plain,
    };
  }
  return weather;
}
