import type { Distribution } from "../../src/kit/distribution.js";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import {
  type Arrivals,
  DISCIPLINE_NAMES,
  type Pool,
  type Scenario,
  type TaskTemplate,
} from "../../src/model/scenario.js";
import { deterministic, exponential, objective, pool, retry, scenario, task, workflow } from "./scenarios.js";

const NON_PREEMPTIVE = ["fifo", "lifo", "sjf", "priority"] as const;

/**
 * A scenario that a seed makes up: small, and each time with another mixture of features, so that a few hundred seeds see
 * most pairs of them together. Times are often round numbers, so that events of one instant are common.
 */
export function swarm(seed: number): Scenario {
  const draw = new SequentialStream(`swarm/${seed}`);
  const chance = (p: number) => draw.next() < p;
  const between = (low: number, high: number) => low + draw.integer(high - low + 1);
  const pick = <T>(of: readonly T[]): T => of[draw.integer(of.length)]!;
  const some = (n: number): number[] => {
    const chosen = Array.from({ length: n }, (_, i) => i).filter(() => chance(0.6));
    return chosen.length > 0 ? chosen : [draw.integer(n)];
  };

  const failing = chance(0.5);
  const ordinary = chance(0.7);
  const narrow = chance(0.2);
  const impatient = chance(0.2);
  const pools: Pool[] = Array.from({ length: between(1, 5) }, (_, p) =>
    pool(`p${p}`, {
      servers: between(1, 4),
      speed: pick([0.5, 1, 1, 2, 1.7]),
      price: pick([0, 1, 0.3]),
      attemptFailure: failing && chance(0.5) ? 0.3 * draw.next() : 0,
      discipline: chance(0.5) ? "fifo" : pick(ordinary ? NON_PREEMPTIVE : DISCIPLINE_NAMES),
      capacity: narrow && chance(0.5) ? between(1, 6) : Number.POSITIVE_INFINITY,
    }),
  );

  const distribution = (): Distribution => {
    const mean = pick([0.5, 1, 2]);
    return pick<Distribution>([
      { kind: "deterministic", value: mean },
      { kind: "deterministic", value: 1 },
      { kind: "exponential", mean },
      { kind: "uniform", low: 0, high: 2 * mean },
      { kind: "erlang", stages: 3, mean },
      { kind: "hyperexponential", weights: [0.2, 0.8], means: [3 * mean, 0.5 * mean] },
      { kind: "weibull", shape: 0.8, scale: mean },
      { kind: "pareto", alpha: 1.5, low: 0.3 * mean, high: 20 * mean },
      { kind: "gamma", mean, cv: 1.2 },
      { kind: "empirical", values: [0, 0.5, 1, 4], weights: [0.1, 0.3, 0.4, 0.2] },
    ]);
  };

  const retries = chance(0.6);
  const timeouts = chance(0.3);
  const makeTask = (_: unknown, t: number): TaskTemplate => {
    const after = Array.from({ length: t }, (_, parent) => parent).filter(() => chance(1.5 / (t + 1)));
    const first = pick([0, 0.5, 1]);
    return task(`t${t}`, some(pools.length), {
      after,
      join: after.length === 0 || chance(0.6) ? after.length : between(1, after.length),
      work: distribution(),
      attemptFailure: failing && chance(0.4) ? 0.3 * draw.next() : 0,
      retry: {
        ...retry(retries ? between(1, 4) : 1, { first, cap: pick([2, 100]), jitter: pick([0, 0, 0.5]) }),
        work: chance(0.3) ? "same" : "fresh",
      },
      ...(impatient && chance(0.4) ? { scheduleToStart: pick([deterministic(2), exponential(3)]) } : {}),
      timeout: timeouts && chance(0.4) ? pick([1, 2, 3.5]) : Number.POSITIVE_INFINITY,
    });
  };

  // Work is about 1 s a task, so this is about how often a server would be needed for each workflow.
  const capacity = pools.reduce((sum, { servers, speed }) => sum + servers * speed, 0);
  const templates = between(1, 3);
  const workflows = Array.from({ length: templates }, (_, w) => {
    const tasks = Array.from({ length: between(1, 7) }, makeTask);
    const gap = (tasks.length * templates) / (capacity * (0.3 + 0.8 * draw.next()));
    const arrivals = pick<Arrivals>([
      { kind: "poisson", rate: 1 / gap },
      { kind: "poisson", rate: 1 / gap },
      { kind: "renewal", gap: { kind: "deterministic", value: Math.max(0.5, Math.round(2 * gap) / 2) } },
      { kind: "renewal", gap: { kind: "erlang", stages: 2, mean: gap } },
    ]);
    const deadline = chance(0.5) ? pick([2, 5, 10]) : Number.POSITIVE_INFINITY;
    return workflow(`w${w}`, tasks, { arrivals, deadline, priority: between(-1, 2) });
  });

  return scenario(pools, workflows, {
    name: `swarm ${seed}`,
    horizon: 150,
    warmup: chance(0.5) ? 0 : 30,
    decide: (["route", "dispatch"] as const).filter(() => chance(0.75)),
    sizes: chance(0.5) ? "known" : "expected",
    objective: objective({ flowTime: 1, cost: 0.5, deadlineMisses: 2 }),
  });
}

/** A policy for a swarm's scenario, as a spec. */
export function swarmPolicy(seed: number): string {
  const draw = new SequentialStream(`swarm policy/${seed}`);
  const pick = (of: readonly string[]): string => of[draw.integer(of.length)]!;
  const route = pick([
    "random",
    "weighted-random",
    "round-robin",
    "jsq",
    "power-of-d",
    "least-work-left",
    "sed",
    "sed(price=1,failure=2)",
    "upward-rank",
  ]);
  return `${route}+${pick(["fifo", "sjf", "edf", "upward-rank", "random"])}`;
}
