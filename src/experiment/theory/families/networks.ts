import { UNLIMITED } from "../../../model/scenario.js";
import { nodes, perWorkflow, SYSTEM } from "../figures.js";
import { book, books, type Experiment } from "../model.js";
import { poisson, pool, relaxation, scenarioOf, task, type World, workflow } from "../nouns.js";
import { exponential, number, numbers, rows, word } from "../parameters.js";
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

/** Servers that stand for infinitely many. */
const MANY = 1000;

/** The limit of many servers, by as many as are needed to be near it: the figures of n servers are off by O(1 / n). */
const meanField: Family = (id, p) => {
  const [rho, d] = [number(p, "rho"), number(p, "d")];
  const memory = relaxation(rho, exponential(1));
  const experiment: Experiment = {
    name: "",
    scenario: scenarioOf(id, servers(MANY, MANY * rho, 1), memory),
    policy: `power-of-d(d=${d})`,
    watch: { spread: true },
    figures: books(
      book({ mean_number_per_server: ({ outcome }) => outcome.meanInSystem / MANY }, [
        [
          /^fraction_servers_with_ge_(\d+)$/,
          (k) =>
            ({ probe }) =>
              probe.spread.atLeast(Number(k)),
        ],
      ]),
      SYSTEM,
    ),
    rate: MANY * rho,
    memory,
  };
  return { experiments: [experiment] };
};

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
  forkjoin2: forkJoin,
  dispatch,
  dispatch_sim: dispatch,
  mean_field: meanField,
  dag_exp: dag,
  dag_max: fanOut,
};
