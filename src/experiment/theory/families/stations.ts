import type { Distribution } from "../../../kit/distribution.js";
import { moments } from "../../../kit/moments.js";
import { arrivalRate } from "../../../model/arrival-rate.js";
import type { Arrivals, BatchSize } from "../../../model/arrivals.js";
import { type Discipline, UNLIMITED } from "../../../model/scenario.js";
import { classes, SYSTEM, sumOf } from "../figures.js";
import { type Book, book, books, type Control, type Experiment } from "../model.js";
import { poisson, pool, relaxation, scenarioOf, single, task, type World, workflow } from "../nouns.js";
import { exponential, law, number, numbers, object, type Parameters, word } from "../parameters.js";
import { loadOf, tagged } from "../tagged.js";
import type { Family } from "./index.js";

/** The one station of a case, seen in the long run. */
function steady(
  id: string,
  arrivals: Arrivals,
  service: Distribution,
  {
    servers = 1,
    arrivalScv = 1,
    world = {},
    figures = () => undefined,
    ...rest
  }: {
    readonly servers?: number;
    readonly arrivalScv?: number;
    readonly world?: { readonly pool?: Parameters; readonly task?: Parameters };
    /** Figures that are read in the family's own way. */
    readonly figures?: Book;
  } & Partial<Omit<Experiment, "figures">> = {},
): Experiment {
  const rate = arrivalRate(arrivals);
  const memory = relaxation(loadOf(rate, service, servers), service, servers, arrivalScv);
  return {
    name: "",
    scenario: scenarioOf(
      id,
      single(arrivals, service, { servers, ...world.pool }, world.task),
      rest.memory ?? memory,
    ),
    policy: "jsq",
    watch: { number: true },
    figures: books(figures, SYSTEM),
    rate,
    memory,
    ...rest,
  };
}

const only = (experiment: Experiment) => ({ experiments: [experiment] });

const markov: Family = (id, p) =>
  only(
    steady(id, poisson(number(p, "lambda")), exponential(number(p, "mu")), {
      servers: number(p, "c", 1),
    }),
  );

/** General service. Where the variance of its square is infinite, the service times drawn tell how lucky a run was. */
const general: Family = (id, p) => {
  const service = law(p, "service");
  const servers = number(p, "c", 1);
  const { mean, variance, cv } = moments(service);
  // The sample variance of so heavy a tail converges to nothing: what the scenario says is all there is to it.
  const exact = heavy(service) ? { figures: book({ service_scv: () => cv ** 2 }) } : {};
  return only(
    steady(id, poisson(number(p, "lambda")), service, {
      servers,
      ...exact,
      ...(heavy(service) && Number.isFinite(variance)
        ? { watch: { number: true, sizes: true }, controls: secondMoment(mean, variance) }
        : {}),
    }),
  );
};

const heavy = (d: Distribution): boolean =>
  d.kind === "pareto" && d.high === Number.POSITIVE_INFINITY && d.alpha <= 4;

/**
 * By Pollaczek and Khinchine mean waits go with the second moment of service along a straight line: drawn, against its true
 * mean. Quantiles do not.
 */
const secondMoment = (mean: number, variance: number): readonly Control[] => {
  const figures = ["mean_wait", "mean_sojourn", "mean_number", "mean_queue"];
  return [
    { mean: variance + mean ** 2, read: ({ probe }) => probe.squaredSize.mean, figures },
    { mean, read: ({ probe }) => probe.size.mean, figures },
  ];
};

/** A finite buffer forgets fast, however high its load. */
const finite = (mean: number, places: number): number => mean * (50 + places ** 2);

const bounded: Family = (id, p) => {
  const service = "service" in p ? law(p, "service") : exponential(number(p, "mu"));
  const c = number(p, "c");
  const capacity = number(p, "K", c);
  return only(
    steady(id, poisson(number(p, "lambda")), service, {
      servers: c,
      memory: finite(moments(service).mean, capacity / c),
      world: { pool: { capacity } },
    }),
  );
};

const sizeBased =
  (discipline: (p: Parameters) => Discipline): Family =>
  (id, p) => {
    const service = law(p, "service");
    const rate = number(p, "lambda");
    const world = single(poisson(rate), service, { discipline: discipline(p) });
    const sizes = "sizes" in p ? numbers(p, "sizes") : [];
    const load = loadOf(rate, service);
    return {
      experiments: [
        steady(id, poisson(rate), service, {
          world: { pool: { discipline: discipline(p) } },
          watch: { number: true, sizes: true },
          // Service of a shared or preempted server is not on a server all the time.
          figures: book({ utilisation: ({ outcome }) => outcome.pools[0]!.utilisation }),
        }),
        ...sizes.map((size) => tagged(id, size, { world, load, service })),
      ],
    };
  };

const priority: Family = (id, p) => {
  const mu = numbers(p, "mu");
  const rates = numbers(p, "lambda");
  const discipline: Discipline = word(p, "discipline", {
    nonpreemptive: "priority",
    preemptive: "priority-preemptive",
  });
  const world: World = {
    pools: [pool({ discipline })],
    workflows: rates.map((rate, c) =>
      workflow(poisson(rate), [task(exponential(mu[c]!))], {
        name: `class${c + 1}`,
        priority: rates.length - 1 - c,
      }),
    ),
  };
  const load = rates.reduce((sum, rate, c) => sum + rate / mu[c]!, 0);
  const memory = relaxation(load, exponential(Math.min(...mu)));
  return only({
    name: "",
    scenario: scenarioOf(id, world, memory),
    policy: "jsq",
    watch: { number: true },
    figures: books(classes(rates.length), SYSTEM),
    rate: rates.reduce((sum, rate) => sum + rate, 0),
    memory,
  });
};

const impatient: Family = (id, p) => {
  const c = number(p, "c");
  const [mu, theta] = [number(p, "mu"), number(p, "theta")];
  return only(
    steady(id, poisson(number(p, "lambda")), exponential(mu), {
      servers: c,
      memory: 50 / mu + 50 / theta,
      world: { task: { scheduleToStart: exponential(theta) } },
      figures: book({
        // Who has left without service has waited; of the served, those who did.
        p_wait: ({ probe }) =>
          (probe.all.wait.positive + probe.failed.count) / (probe.all.wait.count + probe.failed.count),
        p_abandon: ({ probe }) => probe.failed.count / (probe.all.wait.count + probe.failed.count),
        mean_time_in_queue_all: ({ probe }) =>
          (probe.all.wait.sum + sumOf(probe.failed)) / (probe.all.wait.count + probe.failed.count),
        mean_wait_served: ({ probe }) => probe.all.wait.mean,
        mean_wait_abandoned: ({ probe }) => probe.failed.mean,
        mean_sojourn_served: ({ probe }) => probe.all.sojourn.mean,
      }),
    }),
  );
};

const unlimited: Family = (id, p) => {
  const service = law(p, "service");
  const arrivals = poisson(number(p, "lambda"));
  const times = "times" in p ? numbers(p, "times") : [];
  const long = steady(id, arrivals, service, { servers: UNLIMITED, memory: 50 * moments(service).mean });
  const begin =
    times.length === 0 ? [] : [fromEmpty(id, single(arrivals, service, { servers: UNLIMITED }), times)];
  return { experiments: [long, ...begin] };
};

/** Runs from an empty system, one after another. */
function fromEmpty(id: string, world: World, times: readonly number[]): Experiment {
  const ascending = [...times].sort((a, b) => a - b);
  const seconds = ascending.at(-1)! * (1 + 1e-9);
  return {
    name: "from-empty",
    scenario: { ...scenarioOf(`${id}.from-empty`, world, 1), warmup: 0, horizon: seconds },
    policy: "jsq",
    watch: { windows: { from: 0, times: ascending } },
    figures: book({}, [
      [
        /^mean_number_at_t_(.+)_from_empty$/,
        (t) =>
          ({ probe }) =>
            probe.windows!.meanNumber(Number(t)),
      ],
    ]),
    rate: arrivalRate(world.workflows[0]!.arrivals!),
    memory: 0,
    restart: seconds,
  };
}

/**
 * M/M/1 from `n0` jobs. The number in the system is all its state, so a run that comes to n0 starts anew there: see `Windows`.
 * Without a steady state that happens only once, and each run gives one window.
 */
const transient: Family = (id, p) => {
  const [lambda, mu, n0] = [number(p, "lambda"), number(p, "mu"), number(p, "n0", 0)];
  const times = [...numbers(p, "times")].sort((a, b) => a - b);
  const world = single(poisson(lambda), exponential(mu));
  const last = times.at(-1)!;
  const stable = lambda < mu;
  // From 0 to n0 in so many seconds, nearly surely.
  const climb = (20 * (n0 + 1) ** 2) / Math.max(lambda, mu);
  const seconds = (last + climb) * (1 + 1e-9);
  return only({
    name: "",
    scenario: { ...scenarioOf(id, world, 1), warmup: 0, horizon: seconds },
    policy: "jsq",
    watch: { windows: { from: n0, times } },
    figures: book({}, [
      [
        /^mean_number_at_t_(.+)$/,
        (t) =>
          ({ probe }) =>
            probe.windows!.meanNumber(Number(t)),
      ],
      [
        /^p_empty_at_t_(.+)$/,
        (t) =>
          ({ probe }) =>
            probe.windows!.empty(Number(t)),
      ],
    ]),
    rate: lambda,
    memory: 0,
    ...(stable ? {} : { restart: seconds }),
  });
};

/** A server that breaks and is mended. Completion is service with the repairs that fall into it (Avi-Itzhak and Naor). */
const breakdown: Family = (id, p) => {
  const [lambda, mu] = [number(p, "lambda"), number(p, "mu")];
  const [breaks, repair] = [number(p, "breakdown_rate"), number(p, "repair_rate")];
  const mode = word(p, "mode", { any_time: "always", active: "busy" } as const);
  const down = breaks / repair;
  const scv = 1 + (2 * breaks * mu) / (repair * (1 + down)) ** 2;
  const completion: Distribution = { kind: "lognormal", mean: (1 + down) / mu, cv: Math.sqrt(scv) };
  return only(
    steady(id, poisson(lambda), exponential(mu), {
      memory: relaxation(loadOf(lambda, completion), completion) + 20 / repair,
      world: {
        pool: {
          breakdown: {
            every: exponential(breaks),
            lasts: exponential(repair),
            mode,
            interrupted: "resume",
          },
        },
      },
      watch: { number: true, pools: [0] },
      figures: book({
        p_server_up: ({ probe }) => probe.online[0]!.atLeast(1),
        mean_wait_to_first_start: ({ probe }) => probe.all.wait.mean,
        mean_completion_time: ({ probe }) => probe.service.mean,
        effective_load: ({ outcome, probe }) => probe.service.sum / outcome.measured,
      }),
    }),
  );
};

const renewal: Family = (id, p) => {
  const gap = law(p, "interarrival");
  return only(
    steady(id, { kind: "renewal", gap }, exponential(number(p, "mu")), {
      arrivalScv: moments(gap).cv ** 2,
      figures: book({ sigma: ({ probe }) => probe.all.wait.positive / probe.all.wait.count }),
    }),
  );
};

const modulated: Family = (id, p) => {
  const [rates, leave] = [numbers(p, "lambda"), numbers(p, "switch")];
  const phase = leave.reduce((sum, rate) => sum + 1 / rate, 0);
  const arrivals: Arrivals = { kind: "mmpp", rates, leave };
  const mean = arrivalRate(arrivals);
  // Index of dispersion of the counts in the long run, about 1 + spread^2 * phase / mean, stands for the gaps' variance.
  const spread = Math.max(...rates) - Math.min(...rates);
  return only(
    steady(id, arrivals, exponential(number(p, "mu")), { arrivalScv: 1 + (spread ** 2 * phase) / mean }),
  );
};

const shares = (size: Parameters): BatchSize => ({ kind: "shares", shares: numbers(size, "probs") });

const BATCHES: Readonly<Record<string, (size: Parameters) => BatchSize>> = {
  fixed: (size) => ({ kind: "fixed", size: number(size, "size") }),
  geometric: (size) => ({ kind: "geometric", p: number(size, "p") }),
  probs: shares,
  general: shares,
  discrete: shares,
};

const batch: Family = (id, p) => {
  const size = object(p, "batch");
  const sizes = word(size, "kind", BATCHES)(size);
  const arrivals: Arrivals = { kind: "batch", rate: number(p, "batch_rate"), size: sizes };
  const perBatch = arrivalRate(arrivals) / number(p, "batch_rate");
  return only(steady(id, arrivals, exponential(number(p, "mu")), { arrivalScv: 2 * perBatch }));
};

const SIZE_BASED: Readonly<Record<string, Discipline>> = {
  sjf: "sjf",
  psjf: "psjf",
  srpt: "srpt",
  las: "las",
};

export const STATIONS: Readonly<Record<string, Family>> = {
  mm1: markov,
  mmc: markov,
  mmck: bounded,
  mgcc: bounded,
  mg1: general,
  mgc: general,
  mg1_ps: sizeBased(() => "ps"),
  size_based: sizeBased((p) => word(p, "policy", SIZE_BASED)),
  priority,
  erlang_a: impatient,
  breakdown,
  mginf: unlimited,
  transient,
  gm1: renewal,
  mmpp_m1: modulated,
  batch,
};
