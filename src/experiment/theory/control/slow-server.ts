import type { Family } from "../families/index.js";
import { poisson, pool, relaxation, task, type World, workflow } from "../nouns.js";
import { number, numbers } from "../parameters.js";
import { controlled, costs, type Term } from "./controlled.js";
import { checkParameters, notNegatives, positive, positives, problem } from "./problem-parameters.js";

export const serverName = (i: number): string => `server${i + 1}`;

const EXP_1 = { kind: "exponential", mean: 1 } as const;

const PARAMETERS = problem({ lambda: positive, mu: positives, use_cost: notNegatives.optional() }, [
  "mu",
  "use_cost",
]);

/** One queue, before servers of different speeds that may be left idle (B1). */
export const slowServer: Family = (id, p) => {
  checkParameters(id, p, PARAMETERS);
  const rate = number(p, "lambda");
  const mu = numbers(p, "mu");
  const use = "use_cost" in p ? numbers(p, "use_cost") : mu.map(() => 0);
  const all = mu.map((_, i) => i);
  const world: World = {
    pools: mu.map((speed, i) => pool({ name: serverName(i), speed })),
    queues: [{ name: "line", pools: all, discipline: "fifo", idling: true }],
    workflows: [workflow(poisson(rate), [task(EXP_1, { pools: all })])],
    objective: costs([[1, "flowTime"], ...use.map((price, i): Term => [price, "busyTime", serverName(i)])]),
    decide: ["dispatch"],
    sizes: "expected",
  };
  const fastest = mu.indexOf(Math.max(...mu));
  const total = mu.reduce((sum, m) => sum + m, 0);
  return controlled({
    id,
    world,
    rate,
    memory: memoryOf(rate, [total, mu[fastest]!], Math.min(...mu)),
    rules: {
      fastest_idle_first_nonidling: "fastest-idle-first",
      fastest_only: thresholds(mu.map((_, i) => (i === fastest ? 1 : 1e9))),
      random_idle_nonidling: "random-idle",
      sed_threshold: "sed-threshold",
      fluid_threshold: `fluid-threshold(arrivals=${rate})`,
    },
  });
};

/** A server takes up a job only while at least so many wait. */
export const thresholds = (least: readonly number[]): string =>
  `threshold(${least.map((n, i) => `${serverName(i)}=${n}`).join(",")})`;

/**
 * Seconds after which a system is forgotten: by the smallest of its capacities that can keep up, as a rule may use no more,
 * and by its slowest server.
 */
export function memoryOf(rate: number, capacities: readonly number[], slowest: number): number {
  const stable = capacities.filter((capacity) => capacity > rate);
  const capacity = Math.min(...stable, ...(stable.length > 0 ? [] : [Math.max(...capacities)]));
  const service = { kind: "exponential", mean: 1 / capacity } as const;
  return relaxation(Math.min(0.95, rate / capacity), service) + 10 / slowest;
}
