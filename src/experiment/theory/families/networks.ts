import { InputError } from "../../../kit/errors.js";
import { type TaskTemplate, UNLIMITED } from "../../../model/scenario.js";
import { nodes, perWorkflow, SYSTEM } from "../figures.js";
import { book, books, type Control, type Experiment } from "../model.js";
import { poisson, pool, relaxation, scenarioOf, task, type World, workflow } from "../nouns.js";
import { exponential, number, numbers, rows, serversOf, word } from "../parameters.js";
import { closed } from "./closed.js";
import type { Family } from "./index.js";

const tandem: Family = (id, p) => {
  const mu = numbers(p, "mu");
  const lambda = number(p, "lambda");
  const world: World = {
    pools: mu.map((_, i) => pool({ name: `node${i + 1}` })),
    workflows: [
      workflow(
        poisson(lambda),
        mu.map((rate, i) =>
          task(exponential(rate), { name: `step${i + 1}`, pools: [i], after: i === 0 ? [] : [i - 1] }),
        ),
      ),
    ],
  };
  const slowest = Math.min(...mu);
  const memory = 3 * mu.length ** 0.5 * relaxation(lambda / slowest, exponential(slowest));
  return {
    experiments: [
      {
        name: "",
        scenario: scenarioOf(id, world, memory),
        policy: "jsq",
        watch: { number: true },
        figures: books(
          book({ mean_wait_total: perWorkflow(({ probe }) => probe.all.wait.sum) }),
          nodes(
            "node",
            mu.map(() => 1),
          ),
          SYSTEM,
        ),
        rate: lambda,
        memory,
      },
    ],
  };
};

/** Each job forks into a task for every server, and is done when all are. */
const forkJoin: Family = (id, p) => {
  const mu = numbers(p, "mu");
  const lambda = number(p, "lambda");
  const world: World = {
    pools: mu.map((_, i) => pool({ name: `node${i + 1}` })),
    workflows: [
      workflow(
        poisson(lambda),
        mu.map((rate, i) => task(exponential(rate), { name: `part${i + 1}`, pools: [i] })),
      ),
    ],
  };
  const slowest = Math.min(...mu);
  const memory = relaxation(lambda / slowest, exponential(slowest));
  return {
    experiments: [
      {
        name: "",
        scenario: scenarioOf(id, world, memory),
        policy: "jsq",
        watch: { number: true },
        figures: books(
          book({
            // What the parts wait for each other, at the end.
            mean_total_join_wait_both_subtasks: perWorkflow(
              ({ probe }) => mu.length * probe.all.sojourn.sum - probe.all.visit.sum,
            ),
          }),
          nodes(
            "node",
            mu.map(() => 1),
          ),
          SYSTEM,
        ),
        rate: lambda,
        memory,
      },
    ],
  };
};

/** Jobs still under way after all the visits that are written out: fewer than this share. */
const TAIL = 1e-10;
const MOST_VISITS = 2000;

/**
 * Markovian routing, written out: a task for each node at each visit of a job, which runs if the visit before it answers
 * that it goes on there. As many visits as it takes to leave next to nobody under way.
 */
const jackson: Family = (id, p) => {
  const [rates, mu] = [numbers(p, "arrival"), numbers(p, "mu")];
  const routing = rows(p, "routing");
  const servers = serversOf(p, mu.length);
  const sources = rates.flatMap((rate, node) => (rate > 0 ? [{ rate, node }] : []));
  const visits = rates.map((_, node) =>
    sources.reduce((sum, { rate, node: entry }) => sum + rate * meanVisits(routing, entry)[node]!, 0),
  );
  const loads = visits.map((visit, node) => visit / (mu[node]! * Math.min(servers[node]!, UNLIMITED)));
  const memory = Math.max(
    ...loads.map((load, node) => 4 * relaxation(load, exponential(mu[node]!), servers[node])),
  );
  return {
    experiments: [
      {
        name: "",
        scenario: scenarioOf(
          id,
          {
            pools: mu.map((_, node) => pool({ name: `node${node + 1}`, servers: servers[node]! })),
            workflows: sources.map(({ rate, node }) =>
              workflow(poisson(rate), itinerary(routing, mu, node), { name: `from-node${node + 1}` }),
            ),
          },
          memory,
        ),
        policy: "jsq",
        watch: { number: true, pools: mu.map((_, node) => node) },
        figures: books(
          book({ mean_visits_total: perWorkflow(({ probe }) => probe.attempts) }),
          nodes("node", servers),
          SYSTEM,
        ),
        rate: rates.reduce((sum, rate) => sum + rate, 0),
        memory,
      },
    ],
  };
};

function itinerary(
  routing: readonly (readonly number[])[],
  mu: readonly number[],
  entry: number,
): TaskTemplate[] {
  const tasks: TaskTemplate[] = [];
  let present: number[] = mu.map((_, node) => (node === entry ? 1 : 0));
  let before = new Map<number, number>();
  for (let visit = 1; sum(present) > TAIL; visit++) {
    if (visit > MOST_VISITS) {
      throw new InputError("BAD_CASES", { what: "jobs hardly ever leave", where: "routing" });
    }
    const next = mu.map((_, to) =>
      present.reduce((total, share, node) => total + share * routing[node]![to]!, 0),
    );
    const last = sum(next) <= TAIL;
    const here = new Map<number, number>();
    for (const [node, share] of present.entries()) {
      if (share === 0) continue;
      const from = [...before].filter(([parent]) => routing[parent]![node]! > 0);
      const ways = routing[node]!.flatMap((weight, to) => (weight > 0 ? [{ weight, to }] : []));
      const leave = 1 - sum(routing[node]!);
      here.set(node, tasks.length);
      tasks.push(
        task(exponential(mu[node]!), {
          name: `visit${visit}-node${node + 1}`,
          type: `node${node + 1}`,
          pools: [node],
          after: from.map(([, parent]) => parent),
          ...(from.length === 0
            ? {}
            : { conditions: from.map(() => ({ value: `to-node${node + 1}` })), join: 1 }),
          ...(last || ways.length === 0
            ? {}
            : {
                values: {
                  names: [...ways.map(({ to }) => `to-node${to + 1}`), ...(leave > 1e-12 ? ["leave"] : [])],
                  weights: [...ways.map(({ weight }) => weight), ...(leave > 1e-12 ? [leave] : [])],
                },
              }),
        }),
      );
    }
    present = next;
    before = here;
  }
  return tasks;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Visits to each node of a job that enters at one: summed over the steps of its chain. */
function meanVisits(routing: readonly (readonly number[])[], entry: number): number[] {
  let present: number[] = routing.map((_, node) => (node === entry ? 1 : 0));
  const total = routing.map(() => 0);
  for (let step = 0; step < MOST_VISITS && sum(present) > TAIL; step++) {
    for (const [node, share] of present.entries()) total[node]! += share;
    present = routing.map((_, to) =>
      present.reduce((all, share, node) => all + share * routing[node]![to]!, 0),
    );
  }
  return total;
}

const DISPATCHERS: Readonly<Record<string, string>> = {
  random: "random",
  round_robin: "round-robin",
  jsq: "jsq",
  po2: "power-of-d(d=2)",
  jiq: "join-idle-queue",
  central_queue: "jsq",
};

const dispatch: Family = (id, p) => {
  const [n, lambda, mu] = [number(p, "n_servers"), number(p, "lambda"), number(p, "mu")];
  const policy = word(p, "policy", DISPATCHERS);
  const central = p["policy"] === "central_queue";
  const load = lambda / (n * mu);
  const memory = relaxation(load, exponential(mu), central ? n : 1);
  return {
    experiments: [
      {
        name: "",
        scenario: scenarioOf(id, servers(n, lambda, mu, central), memory),
        policy,
        watch: { number: true },
        figures: SYSTEM,
        rate: lambda,
        memory,
      },
    ],
  };
};

function servers(n: number, lambda: number, mu: number, central = false): World {
  const pools = central
    ? [pool({ servers: n })]
    : Array.from({ length: n }, (_, i) => pool({ name: `server-${i + 1}` }));
  return {
    pools,
    workflows: [workflow(poisson(lambda), [task(exponential(mu), { pools: pools.map((_, i) => i) })])],
  };
}

/** Servers of the larger of two systems, from which the limit of many is extrapolated: so many at the least. */
const MANY = 1000;
/** What many servers' figures may be off the limit by, as a share of them: what extrapolation leaves of it is about its square. */
const NEAR_LIMIT = 0.03;
/** Queues that fewer servers than this share have are not looked for. */
const RARE = 1e-3;

/**
 * Seconds after which many servers of rate 1 have forgotten where they began, each task being sent to the shortest of d drawn
 * queues. In the limit a share rho^((d^k - 1) / (d - 1)) of them has k tasks or more (Vvedenskaya, Dobrushin and Karpelevich 1996,
 * theorem 1); what there is too much of leaves at the rate at which departures rise with the number present, along that family of
 * laws: the inverse of the derivative of their mean by rho. With one choice that is 1 / (1 - rho)^2, and with several far less.
 */
function choiceRelaxation(rho: number, d: number): number {
  if (d === 1) return relaxation(rho, exponential(1));
  let slope = 0;
  for (let exponent = 1; exponent * rho ** (exponent - 1) > 1e-9; exponent = exponent * d + 1) {
    slope += exponent * rho ** (exponent - 1);
  }
  // A few services besides. (Not twice that, as for a single server: so many servers hardly stray, and each second of them is dear.)
  return 5 + slope;
}

/**
 * Servers that are many enough. Over the time they remember, the load that n of them see strays from rho by a variance of about
 * rho / (2 n memory): so it is with a mean over times long past, forgotten exponentially. A share rho^e of it follows by e times as much, and
 * its mean is off by half the square of that. Long queues have large e, and so need the most servers.
 */
function manyEnough(rho: number, d: number, memory: number): number {
  let steepest = 1;
  for (let exponent = 1; rho ** exponent >= RARE; exponent = exponent * d + 1) steepest = exponent;
  return Math.max(MANY, 2 * Math.ceil(steepest ** 2 / (2 * NEAR_LIMIT * rho * memory) / 2));
}

/** The figures of n servers are off the limit by O(1 / n): twice those of n less those of n / 2 are off by O(1 / n^2). */
const meanField: Family = (id, p) => {
  const [rho, d] = [number(p, "rho"), number(p, "d")];
  const memory = choiceRelaxation(rho, d);
  const many = manyEnough(rho, d, memory);
  const scenario = (n: number, name: string) => scenarioOf(name, servers(n, n * rho, 1), memory);
  const experiment: Experiment = {
    name: "",
    scenario: scenario(many, id),
    half: scenario(many / 2, `${id}.half`),
    policy: `power-of-d(d=${d})`,
    watch: { spread: true },
    figures: books(
      book({ mean_number_per_server: ({ outcome }) => outcome.meanInSystem / outcome.pools.length }, [
        [
          /^fraction_servers_with_ge_(\d+)$/,
          (k) =>
            ({ probe }) =>
              probe.spread.atLeast(Number(k)),
        ],
      ]),
      SYSTEM,
    ),
    rate: many * rho,
    memory,
    controls: loadAsDrawn(rho),
  };
  return { experiments: [experiment] };
};

/**
 * What came, and how much of it there was to do, move all servers together: so most of what figures stray by goes along a straight
 * line with these two, whose means are known of any number of servers.
 */
function loadAsDrawn(rho: number): readonly Control[] {
  const figures = [
    ...["mean_sojourn", "mean_wait", "mean_number_per_server", "p_wait"],
    ...["sojourn_p50", "sojourn_p95", "sojourn_p99"],
    ...Array.from({ length: 8 }, (_, k) => `fraction_servers_with_ge_${k + 2}`),
  ];
  return [
    { mean: rho, read: ({ probe }) => probe.spread.atLeast(1), figures },
    {
      mean: rho,
      read: ({ outcome }) => outcome.workflows.submitted / outcome.measured / outcome.pools.length,
      figures,
    },
  ];
}

/** Instances of a workflow that never wait for a server: each is independent of the others. */
const independent = (id: string, world: World, figures: Experiment["figures"]): Experiment => ({
  name: "",
  scenario: scenarioOf(id, world, 100),
  policy: "jsq",
  watch: {},
  figures: books(figures, SYSTEM),
  rate: 1,
  memory: 100,
});

const MAKESPAN = books(
  book({
    mean_makespan: ({ probe }) => probe.all.sojourn.mean,
    var_makespan: ({ probe }) => probe.all.sojourn.variance,
    mean_work: perWorkflow(({ probe }) => probe.service.sum),
  }),
  (name) => (name.startsWith("makespan_") ? SYSTEM(name.replace("makespan", "sojourn")) : undefined),
);

const dag: Family = (id, p) => {
  const rates = numbers(p, "rates");
  const preds = rows(p, "preds");
  const order = topological(preds);
  const place = new Map(order.map((t, i) => [t, i]));
  const world: World = {
    pools: [pool({ servers: UNLIMITED })],
    workflows: [
      workflow(
        poisson(1),
        order.map((t) =>
          task(exponential(rates[t]!), {
            name: `task${t}`,
            after: preds[t]!.map((parent) => place.get(parent)!),
          }),
        ),
      ),
    ],
  };
  return { experiments: [independent(id, world, MAKESPAN)] };
};

/** Parents before children; a graph that goes round ends where it was stuck. */
function topological(preds: readonly (readonly number[])[]): number[] {
  const order: number[] = [];
  const left = new Set(preds.keys());
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const t of left) {
      if (preds[t]!.some((parent) => left.has(parent))) continue;
      order.push(t);
      left.delete(t);
    }
  }
  return order;
}

const fanOut: Family = (id, p) => {
  const world: World = {
    pools: [pool({ servers: UNLIMITED })],
    workflows: [
      workflow(
        poisson(1),
        Array.from({ length: number(p, "width") }, (_, i) =>
          task(exponential(number(p, "rate")), { name: `part${i + 1}` }),
        ),
      ),
    ],
  };
  return { experiments: [independent(id, world, MAKESPAN)] };
};

export const NETWORKS: Readonly<Record<string, Family>> = {
  tandem,
  jackson,
  closed,
  forkjoin2: forkJoin,
  dispatch,
  dispatch_sim: dispatch,
  mean_field: meanField,
  dag_exp: dag,
  dag_max: fanOut,
};
