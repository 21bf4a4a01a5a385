import type { Distribution } from "../../kit/distribution.js";
import { moments } from "../../kit/moments.js";
import { FLOW_TIME } from "../../model/parse/objective.js";
import type {
  Arrivals,
  Pool,
  Retry,
  Scenario,
  TaskTemplate,
  WorkflowTemplate,
} from "../../model/scenario.js";

/** The nouns of scenarios, with everything left out that queueing models do without. */

export const ONCE: Retry = {
  attempts: 1,
  backoff: { first: 0, factor: 1, cap: Number.POSITIVE_INFINITY, jitter: 0 },
  work: "fresh",
};

export const poisson = (rate: number): Arrivals => ({ kind: "poisson", rate });

export const pool = (rest: Partial<Pool> = {}): Pool => ({
  name: "servers",
  servers: 1,
  capacity: Number.POSITIVE_INFINITY,
  speed: 1,
  price: 0,
  attemptFailure: 0,
  discipline: "fifo",
  ...rest,
});

export const task = (work: Distribution, rest: Partial<TaskTemplate> = {}): TaskTemplate => ({
  name: "serve",
  type: rest.name ?? "serve",
  after: [],
  pools: [0],
  attemptFailure: 0,
  retry: ONCE,
  timeout: Number.POSITIVE_INFINITY,
  ...rest,
  work,
  join: rest.join ?? rest.after?.length ?? 0,
});

export const workflow = (
  arrivals: Arrivals | undefined,
  tasks: readonly TaskTemplate[],
  rest: Partial<WorkflowTemplate> = {},
): WorkflowTemplate => ({
  name: "job",
  deadline: Number.POSITIVE_INFINITY,
  priority: 0,
  ...(arrivals === undefined ? {} : { arrivals }),
  tasks,
  ...rest,
});

export type World = Pick<Scenario, "pools" | "workflows"> & Partial<Scenario>;

/** One pool, one task. */
export const single = (
  arrivals: Arrivals,
  work: Distribution,
  pools: Partial<Pool> = {},
  rest: Partial<TaskTemplate> = {},
): World => ({
  pools: [pool(pools)],
  workflows: [workflow(arrivals, [task(work, rest)])],
});

/** Length of a run where nobody chooses another: so many times what the system remembers. */
const MEMORIES = 30;

export function scenarioOf(name: string, world: World, memory: number): Scenario {
  const warmup = Math.ceil(10 * memory);
  return {
    name,
    horizon: warmup + Math.ceil(MEMORIES * memory),
    warmup,
    objective: FLOW_TIME,
    decide: ["route"],
    sizes: "known",
    ...world,
  };
}

/**
 * Seconds after which a station has forgotten where it began: the relaxation time of the reflected Brownian motion that its
 * queue is like under heavy load, 2 sigma^2 / drift^2 (Asmussen, Applied Probability and Queues, 2003, ch. XIII), and
 * a few services besides.
 */
export function relaxation(load: number, service: Distribution, servers = 1, arrivalScv = 1): number {
  const { mean, variance } = moments(service);
  // A third moment that is missing forgets slowly; a variance that is missing, as if it were large.
  const scv = Number.isFinite(variance) ? variance / mean ** 2 : 100;
  const idle = Math.max(1e-3, 1 - load);
  return mean * (10 + (2 * load * (arrivalScv + scv)) / (servers * idle ** 2));
}
