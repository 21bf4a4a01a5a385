import type { Distribution } from "../../kit/distribution.js";
import { InputError } from "../../kit/errors.js";
import { moments } from "../../kit/moments.js";
import { linearObjective } from "../../model/objective.js";
import {
  type Arrivals,
  type Pool,
  type Retry,
  type Scenario,
  type TaskTemplate,
  UNBOUNDED_ATTEMPTS,
  UNLIMITED,
  type WorkflowTemplate,
} from "../../model/scenario.js";
import type { Outcome } from "../../sim/outcome.js";
import type { TheoryCase } from "./case-file.js";

/** A case as a scenario, with how each of its figures is read off a run. */
export interface TheoryModel {
  readonly scenario: Scenario;
  readonly policy: string;
  readonly figures: Readonly<Record<string, (outcome: Outcome) => number>>;
}

type Parameters = Readonly<Record<string, unknown>>;
type Family = (p: Parameters) => Omit<TheoryModel, "scenario"> & { readonly world: World };
type World = Pick<Scenario, "pools" | "workflows"> & Partial<Scenario>;

/** The scenario of a case; undefined where its family is not known here. */
export function theoryModel({ id, family, parameters }: TheoryCase): TheoryModel | undefined {
  const build = FAMILIES[family];
  if (build === undefined) return undefined;
  const { world, ...rest } = build(parameters);
  return {
    ...rest,
    scenario: {
      name: id,
      // The length is `verify`'s to choose.
      horizon: 1,
      warmup: 0,
      objective: linearObjective({ flowTime: 1 }),
      decide: ["route"],
      sizes: "known",
      ...world,
    },
  };
}

export const KNOWN_FAMILIES = (): readonly string[] => Object.keys(FAMILIES);

// ---------------------------------------------------------------------------------------------- building blocks

const number = (p: Parameters, name: string): number => {
  const value = p[name];
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new InputError("BAD_CASES", {
    what: `the parameter ${name} is no number`,
    mend: `got ${JSON.stringify(value)}`,
  });
};
const numbers = (p: Parameters, name: string): number[] => {
  const value = p[name];
  if (Array.isArray(value) && value.every((x) => typeof x === "number")) return value as number[];
  throw new InputError("BAD_CASES", { what: `the parameter ${name} is no list of numbers` });
};

const exponential = (rate: number): Distribution => ({ kind: "exponential", mean: 1 / rate });
const poisson = (rate: number): Arrivals => ({ kind: "poisson", rate });

/** A law as the case files write it. */
function law(p: Parameters, name: string): Distribution {
  const raw = p[name];
  const fields = (raw instanceof Map ? Object.fromEntries(raw) : raw) as Parameters;
  switch (fields?.["kind"]) {
    case "exp":
      return { kind: "exponential", mean: number(fields, "mean") };
    case "deterministic":
      return { kind: "deterministic", value: number(fields, "value") };
    case "erlang":
      return { kind: "erlang", stages: number(fields, "k"), mean: number(fields, "mean") };
    case "hyperexp":
      return {
        kind: "hyperexponential",
        weights: numbers(fields, "p"),
        means: numbers(fields, "rates").map((r) => 1 / r),
      };
    case "lognormal": {
      const sigma = number(fields, "sigma");
      const mean = Math.exp(number(fields, "mu") + sigma ** 2 / 2);
      return { kind: "lognormal", mean, cv: Math.sqrt(Math.expm1(sigma ** 2)) };
    }
    case "pareto":
      return {
        kind: "pareto",
        alpha: number(fields, "alpha"),
        low: number(fields, "xm"),
        high: Number.POSITIVE_INFINITY,
      };
    case "bounded_pareto":
      return {
        kind: "pareto",
        alpha: number(fields, "alpha"),
        low: number(fields, "low"),
        high: number(fields, "high"),
      };
    case "uniform":
      return { kind: "uniform", low: number(fields, "low"), high: number(fields, "high") };
    default:
      throw new InputError("BAD_CASES", {
        what: `the law ${name} is of no known kind: ${String(fields?.["kind"])}`,
      });
  }
}

const ONCE: Retry = {
  attempts: 1,
  backoff: { first: 0, factor: 1, cap: Number.POSITIVE_INFINITY, jitter: 0 },
  work: "fresh",
};

const pool = (rest: Partial<Pool> = {}): Pool => ({
  name: "servers",
  servers: 1,
  capacity: Number.POSITIVE_INFINITY,
  speed: 1,
  price: 0,
  attemptFailure: 0,
  discipline: "fifo",
  ...rest,
});

const task = (work: Distribution, rest: Partial<TaskTemplate> = {}): TaskTemplate => ({
  name: "serve",
  type: "serve",
  after: [],
  pools: [0],
  attemptFailure: 0,
  retry: ONCE,
  timeout: Number.POSITIVE_INFINITY,
  ...rest,
  work,
  join: rest.after?.length ?? 0,
});

const workflow = (
  arrivals: Arrivals,
  tasks: readonly TaskTemplate[],
  rest: Partial<WorkflowTemplate> = {},
): WorkflowTemplate => ({
  name: "job",
  deadline: Number.POSITIVE_INFINITY,
  priority: 0,
  arrivals,
  tasks,
  ...rest,
});

const single = (
  arrivals: Arrivals,
  work: Distribution,
  pools: Partial<Pool> = {},
  rest: Partial<TaskTemplate> = {},
): World => ({
  pools: [pool(pools)],
  workflows: [workflow(arrivals, [task(work, rest)])],
});

// ---------------------------------------------------------------------------------------------- figures

type Figures = TheoryModel["figures"];

const submittedRate = (o: Outcome): number => o.workflows.submitted / o.measured;
const lost = (o: Outcome): number => o.workflows.failed / o.workflows.submitted;
const queue = (o: Outcome): number => o.pools.reduce((sum, p) => sum + p.meanWaiting, 0);
const busy = (o: Outcome): number => o.pools[0]!.utilisation;

const SOJOURN: Figures = {
  mean_sojourn: (o) => o.flowTime.mean,
  sojourn_p50: (o) => o.flowTime.p50,
  sojourn_p95: (o) => o.flowTime.p95,
  sojourn_p99: (o) => o.flowTime.p99,
};

/** What can be said of any station of one or more servers where everyone is served. */
const STATION: Figures = {
  ...SOJOURN,
  utilisation: busy,
  mean_number: (o) => o.meanInSystem,
  mean_queue: queue,
  throughput: (o) => o.workflows.succeeded / o.measured,
  mean_wait: (o) => o.wait.mean,
  wait_p50: (o) => o.wait.p50,
  wait_p95: (o) => o.wait.p95,
  wait_p99: (o) => o.wait.p99,
  p_wait: (o) => o.wait.share,
};

const only = (...names: readonly string[]): Figures =>
  Object.fromEntries(names.map((name) => [name, STATION[name]!]));

const station = (world: World, more: Figures = {}, policy = "jsq"): ReturnType<Family> => ({
  world,
  policy,
  figures: { ...STATION, ...more },
});

// ---------------------------------------------------------------------------------------------- families

const DISPATCHERS: Readonly<Record<string, string>> = {
  random: "random",
  round_robin: "round-robin",
  jsq: "jsq",
  po2: "power-of-d(d=2)",
};

const dispatch: Family = (p) => {
  const n = number(p, "n_servers");
  const policy = String(p["policy"]);
  const central = policy === "central_queue";
  const pools = central
    ? [pool({ servers: n })]
    : Array.from({ length: n }, (_, i) => pool({ name: `server${i + 1}` }));
  const spec = central ? "jsq" : DISPATCHERS[policy];
  if (spec === undefined) throw new InputError("BAD_CASES", { what: `no policy here is "${policy}"` });
  return station(
    {
      pools,
      workflows: [
        workflow(poisson(number(p, "lambda")), [
          task(exponential(number(p, "mu")), { pools: pools.map((_, i) => i) }),
        ]),
      ],
    },
    { utilisation: (o) => o.pools.reduce((sum, each) => sum + each.utilisation, 0) / o.pools.length },
    spec,
  );
};

const FAMILIES: Readonly<Record<string, Family>> = {
  mm1: (p) => station(single(poisson(number(p, "lambda")), exponential(number(p, "mu")))),
  mmc: (p) =>
    station(single(poisson(number(p, "lambda")), exponential(number(p, "mu")), { servers: number(p, "c") })),
  mmck: (p) =>
    station(
      single(poisson(number(p, "lambda")), exponential(number(p, "mu")), {
        servers: number(p, "c"),
        capacity: number(p, "K"),
      }),
      {
        p_loss: lost,
      },
    ),
  mgcc: (p) =>
    station(
      single(poisson(number(p, "lambda")), law(p, "service"), {
        servers: number(p, "c"),
        capacity: number(p, "c"),
      }),
      {
        p_loss: lost,
        offered_load: (o) => submittedRate(o) * moments(law(p, "service")).mean,
      },
    ),
  mg1: (p) => station(single(poisson(number(p, "lambda")), law(p, "service"))),
  mgc: (p) => station(single(poisson(number(p, "lambda")), law(p, "service"), { servers: number(p, "c") })),
  mg1_ps: (p) => ({
    ...station(single(poisson(number(p, "lambda")), law(p, "service"), { discipline: "ps" })),
    figures: { ...SOJOURN, ...only("utilisation", "mean_number", "throughput") },
  }),
  priority: (p) => {
    const mu = numbers(p, "mu");
    const preemptive = p["discipline"] === "preemptive";
    const workflows = numbers(p, "lambda").map((rate, c) =>
      workflow(poisson(rate), [task(exponential(mu[c]!))], { name: `class${c + 1}`, priority: -c }),
    );
    const figures: Record<string, (o: Outcome) => number> = {
      ...SOJOURN,
      ...only("utilisation", "mean_number", "throughput"),
    };
    workflows.forEach(({ name }, c) => {
      const own = (o: Outcome) => o.bySource[c]!;
      figures[`${name}_mean_sojourn`] = (o) => own(o).flowTime.mean;
      figures[`${name}_mean_number`] = (o) => (own(o).flowTime.mean * own(o).succeeded) / o.measured;
      for (const q of ["p50", "p95", "p99"] as const)
        figures[`${name}_sojourn_${q}`] = (o) => own(o).flowTime[q];
      if (!preemptive) figures[`${name}_mean_wait`] = (o) => own(o).flowTime.mean - 1 / mu[c]!;
    });
    return {
      world: { pools: [pool({ discipline: preemptive ? "priority-preemptive" : "priority" })], workflows },
      policy: "jsq",
      figures,
    };
  },
  erlang_a: (p) => ({
    ...station(
      single(
        poisson(number(p, "lambda")),
        exponential(number(p, "mu")),
        { servers: number(p, "c") },
        { scheduleToStart: exponential(number(p, "theta")) },
      ),
    ),
    figures: {
      ...only("utilisation", "mean_number", "mean_queue", "throughput"),
      p_abandon: lost,
      mean_time_in_queue_all: (o) => queue(o) / submittedRate(o),
      mean_wait_served: (o) => o.wait.mean,
      mean_sojourn_served: (o) => o.flowTime.mean,
    },
  }),
  mginf: (p) => ({
    ...station(single(poisson(number(p, "lambda")), law(p, "service"), { servers: UNLIMITED })),
    figures: only("mean_number", "mean_sojourn", "throughput", "mean_wait"),
  }),
  gm1: (p) => station(single({ kind: "renewal", gap: law(p, "interarrival") }, exponential(number(p, "mu")))),
  mmpp_m1: (p) =>
    station(
      single(
        { kind: "mmpp", rates: numbers(p, "lambda"), leave: numbers(p, "switch") },
        exponential(number(p, "mu")),
      ),
    ),
  batch: (p) => {
    const raw = p["batch"];
    const size = (raw instanceof Map ? Object.fromEntries(raw) : raw) as Parameters;
    const sizes =
      size["kind"] === "geometric"
        ? ({ kind: "geometric", p: number(size, "p") } as const)
        : size["kind"] === "fixed"
          ? ({ kind: "fixed", size: number(size, "size") } as const)
          : ({ kind: "shares", shares: numbers(size, "probs") } as const);
    return station(
      single({ kind: "batch", rate: number(p, "batch_rate"), size: sizes }, exponential(number(p, "mu"))),
    );
  },
  size_based: (p) => {
    const discipline = String(p["policy"]);
    if (discipline !== "sjf" && discipline !== "srpt" && discipline !== "psjf") {
      throw new InputError("BAD_CASES", { what: `no discipline here is "${discipline}"` });
    }
    return {
      ...station(single(poisson(number(p, "lambda")), law(p, "service"), { discipline })),
      figures: {
        ...only("utilisation", "mean_number", "throughput", "mean_sojourn"),
        ...(discipline === "sjf" ? only("mean_wait") : {}),
      },
    };
  },
  retrial: (p) => {
    const again: Retry = {
      ...ONCE,
      attempts: UNBOUNDED_ATTEMPTS,
      backoff: { ...ONCE.backoff, draw: exponential(number(p, "theta")) },
      work: "same",
    };
    const c = number(p, "c");
    return {
      ...station(
        single(
          poisson(number(p, "lambda")),
          exponential(number(p, "mu")),
          { servers: c, capacity: c },
          { retry: again },
        ),
      ),
      figures: {
        ...only("utilisation", "mean_number", "throughput", "mean_sojourn"),
        mean_orbit: (o) => o.meanInSystem - c * busy(o),
        mean_wait: (o) => o.flowTime.mean - 1 / number(p, "mu"),
        mean_retries_per_job: (o) => o.metrics.rejections,
      },
    };
  },
  retry_feedback: (p) => {
    const delays = numbers(p, "backoff_means");
    const most = number(p, "max_attempts");
    const [first = 0, second] = delays;
    const factor = first > 0 && second !== undefined ? second / first : 1;
    const geometric = delays.every((delay, i) => Math.abs(delay - first * factor ** i) < 1e-9);
    if (!geometric) throw new InputError("BAD_CASES", { what: "the back-offs do not grow by one factor" });
    const retry: Retry = {
      ...ONCE,
      attempts: most === 0 ? UNBOUNDED_ATTEMPTS : most,
      backoff: { ...ONCE.backoff, first, factor },
    };
    return {
      ...station(
        single(
          poisson(number(p, "lambda")),
          exponential(number(p, "mu")),
          { servers: number(p, "c") },
          { retry, attemptFailure: number(p, "p_fail") },
        ),
      ),
      figures: {
        ...only("utilisation", "p_wait"),
        mean_attempts: (o) => o.attempts / o.workflows.submitted,
        p_final_failure: lost,
        mean_wait_per_attempt: (o) => o.wait.mean,
        mean_number_at_station: (o) => queue(o) + number(p, "c") * busy(o),
        // Over all jobs, whatever became of them: Little's law.
        mean_sojourn: (o) => o.meanInSystem / submittedRate(o),
        throughput_success: (o) => o.workflows.succeeded / o.measured,
      },
    };
  },
  tandem: (p) => {
    const mu = numbers(p, "mu");
    const figures: Record<string, (o: Outcome) => number> = {
      ...only("throughput", "mean_sojourn", "mean_number"),
      mean_wait_total: (o) => queue(o) / submittedRate(o),
    };
    mu.forEach((_, i) => {
      const present = (o: Outcome) => o.pools[i]!.meanWaiting + o.pools[i]!.utilisation;
      figures[`node${i + 1}_utilisation`] = (o) => o.pools[i]!.utilisation;
      figures[`node${i + 1}_mean_number`] = present;
      figures[`node${i + 1}_mean_sojourn`] = (o) => present(o) / submittedRate(o);
    });
    return {
      world: {
        pools: mu.map((_, i) => pool({ name: `node${i + 1}` })),
        workflows: [
          workflow(
            poisson(number(p, "lambda")),
            mu.map((rate, i) =>
              task(exponential(rate), { name: `step${i + 1}`, pools: [i], after: i === 0 ? [] : [i - 1] }),
            ),
          ),
        ],
      },
      policy: "jsq",
      figures,
    };
  },
  forkjoin2: (p) => {
    const mu = numbers(p, "mu");
    const present = (i: number) => (o: Outcome) => o.pools[i]!.meanWaiting + o.pools[i]!.utilisation;
    const sojourn = (i: number) => (o: Outcome) => present(i)(o) / submittedRate(o);
    return {
      world: {
        pools: mu.map((_, i) => pool({ name: `node${i + 1}` })),
        workflows: [
          workflow(
            poisson(number(p, "lambda")),
            mu.map((rate, i) => task(exponential(rate), { name: `part${i + 1}`, pools: [i] })),
          ),
        ],
      },
      policy: "jsq",
      figures: {
        ...SOJOURN,
        ...only("throughput", "mean_number"),
        node1_mean_sojourn: sojourn(0),
        node2_mean_sojourn: sojourn(1),
        node1_utilisation: (o) => o.pools[0]!.utilisation,
        node2_utilisation: (o) => o.pools[1]!.utilisation,
        mean_total_join_wait_both_subtasks: (o) => 2 * o.flowTime.mean - sojourn(0)(o) - sojourn(1)(o),
      },
    };
  },
  dispatch,
  dispatch_sim: dispatch,
  dag_exp: (p) => {
    const rates = numbers(p, "rates");
    const preds = p["preds"] as number[][];
    return {
      world: {
        pools: [pool({ servers: UNLIMITED })],
        workflows: [
          workflow(
            poisson(1),
            rates.map((rate, i) => task(exponential(rate), { name: `t${i}`, after: preds[i]! })),
          ),
        ],
      },
      policy: "jsq",
      figures: makespan(),
    };
  },
  dag_max: (p) => ({
    world: {
      pools: [pool({ servers: UNLIMITED })],
      workflows: [
        workflow(
          poisson(1),
          Array.from({ length: number(p, "width") }, (_, i) =>
            task(exponential(number(p, "rate")), { name: `t${i}` }),
          ),
        ),
      ],
    },
    policy: "jsq",
    figures: makespan(),
  }),
  retry_noqueue: (p) => {
    const retry: Retry = {
      ...ONCE,
      attempts: number(p, "max_attempts"),
      backoff: { ...ONCE.backoff, first: number(p, "backoff_initial"), factor: number(p, "backoff_factor") },
    };
    return {
      world: single(
        poisson(1),
        exponential(1 / number(p, "mean_attempt")),
        { servers: UNLIMITED },
        { retry, attemptFailure: number(p, "p_fail") },
      ),
      policy: "jsq",
      figures: tries(),
    };
  },
  timeout_retry: (p) => ({
    world: single(
      poisson(1),
      law(p, "service"),
      { servers: UNLIMITED },
      {
        retry: { ...ONCE, attempts: number(p, "max_attempts") },
        timeout: number(p, "timeout"),
      },
    ),
    policy: "jsq",
    figures: {
      ...tries(),
      p_timeout_per_attempt: (o) => (o.metrics.attemptFailures * o.workflows.submitted) / o.attempts,
      mean_time_given_success: (o) => o.flowTime.mean,
    },
  }),
};

function makespan(): Figures {
  return {
    mean_makespan: (o) => o.flowTime.mean,
    makespan_p50: (o) => o.flowTime.p50,
    makespan_p95: (o) => o.flowTime.p95,
    makespan_p99: (o) => o.flowTime.p99,
  };
}

function tries(): Figures {
  return {
    p_success: (o) => 1 - lost(o),
    mean_attempts: (o) => o.attempts / o.workflows.submitted,
    mean_total_time: (o) => o.meanInSystem / submittedRate(o),
    mean_total_time_given_success: (o) => o.flowTime.mean,
  };
}
