import type { Distribution } from "../../src/kit/distribution.js";
import { linearObjective } from "../../src/model/objective.js";
import type {
  Arrivals,
  Pool,
  Retry,
  Scenario,
  TaskTemplate,
  TraceReplay,
  WorkflowTemplate,
} from "../../src/model/scenario.js";

/** Scenarios for tests: only what matters is said, all else has the defaults of a scenario file. */

export const exponential = (mean: number): Distribution => ({ kind: "exponential", mean });
export const deterministic = (value: number): Distribution => ({ kind: "deterministic", value });
export const poisson = (rate: number): Arrivals => ({ kind: "poisson", rate });

export function retry(attempts: number, backoff: Partial<Retry["backoff"]> = {}): Retry {
  return {
    attempts,
    backoff: { first: 0, factor: 2, cap: Number.POSITIVE_INFINITY, jitter: 0, ...backoff },
    work: "fresh",
  };
}

export function pool(name: string, rest: Partial<Omit<Pool, "name">> = {}): Pool {
  return {
    name,
    servers: 1,
    capacity: Number.POSITIVE_INFINITY,
    speed: 1,
    price: 0,
    attemptFailure: 0,
    discipline: "fifo",
    ...rest,
  };
}

/** A trace as it was recorded, on pool 0 alone. */
export function replay(path: string, rest: Partial<TraceReplay> = {}): TraceReplay {
  return {
    path,
    timeScale: 1,
    workScale: 1,
    repeat: 1,
    from: 0,
    until: Number.POSITIVE_INFINITY,
    amplify: 1,
    jitter: deterministic(0),
    pools: [0],
    attemptFailure: 0,
    retry: retry(1),
    deadline: Number.POSITIVE_INFINITY,
    ...rest,
  };
}

/** A task of mean work 1 s that any of the given pools may run. */
export function task(name: string, pools: readonly number[], rest: Partial<TaskTemplate> = {}): TaskTemplate {
  const after = rest.after ?? [];
  return {
    name,
    type: name,
    work: exponential(1),
    pools,
    attemptFailure: 0,
    retry: retry(1),
    timeout: Number.POSITIVE_INFINITY,
    ...rest,
    after,
    join: rest.join ?? after.length,
  };
}

export function workflow(
  name: string,
  tasks: readonly TaskTemplate[],
  rest: Partial<Omit<WorkflowTemplate, "name" | "tasks">> = {},
): WorkflowTemplate {
  return { name, tasks, deadline: Number.POSITIVE_INFINITY, priority: 0, ...rest };
}

export { linearObjective as objective } from "../../src/model/objective.js";

export function scenario(
  pools: readonly Pool[],
  workflows: readonly WorkflowTemplate[],
  rest: Partial<Omit<Scenario, "pools" | "workflows">> = {},
): Scenario {
  return {
    name: "test",
    horizon: 100,
    warmup: 0,
    pools,
    workflows,
    objective: linearObjective({ flowTime: 1 }),
    decide: ["route", "dispatch"],
    sizes: "expected",
    ...rest,
  };
}
