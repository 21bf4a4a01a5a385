import { z } from "zod";
import type { Family } from "../families/index.js";
import { poisson, pool, task, type World, workflow } from "../nouns.js";
import { number, numbers, type Parameters } from "../parameters.js";
import { controlled, costs, type Rules, type Term } from "./controlled.js";
import { checkParameters, notNegatives, positive, positives, problem, whole } from "./problem-parameters.js";
import { inPool, type OfPool, routeTo } from "./rules.js";
import { memoryOf, serverName } from "./slow-server.js";

const EXP_1 = { kind: "exponential", mean: 1 } as const;

const PARAMETERS = problem(
  {
    lambda: positive,
    mu: positives,
    servers: z.array(whole).optional(),
    hold: notNegatives.optional(),
    fee: z.array(z.number()).optional(),
  },
  ["mu", "servers", "hold", "fee"],
);

/** Pools with queues of their own; each job is sent to one as it comes (B2). */
export const dispatching: Family = (id, p, extra) => {
  checkParameters(id, p, PARAMETERS);
  const rate = number(p, "lambda");
  const mu = numbers(p, "mu");
  const servers = "servers" in p ? numbers(p, "servers") : mu.map(() => 1);
  const hold = "hold" in p ? numbers(p, "hold") : mu.map(() => 1);
  const fee = "fee" in p ? numbers(p, "fee") : mu.map(() => 0);
  const all = mu.map((_, i) => i);
  const world: World = {
    pools: mu.map((speed, i) => pool({ name: serverName(i), speed, servers: servers[i]! })),
    workflows: [workflow(poisson(rate), [task(EXP_1, { pools: all })])],
    objective: costs([
      ...hold.map((cost, i): Term => [cost, "inPool", serverName(i)]),
      ...fee.map((cost, i): Term => [cost, "attempts", serverName(i)]),
    ]),
    decide: ["route"],
    sizes: "expected",
  };
  const delay: OfPool = (view, i) => expectedDelay(inPool(view, i), mu[i]!, servers[i]!);
  const rules: Rules = {
    random: "random",
    weighted_random: "weighted-random",
    jsq: routeTo(inPool),
    sed: routeTo(delay),
    lew: routeTo((view, i) => inPool(view, i) / (servers[i]! * mu[i]!)),
    sec: routeTo((view, i) => hold[i]! * delay(view, i) + fee[i]!),
    round_robin: "round-robin",
    ...splitRules(extra, (split) => ({
      best_static_split: split,
      one_step_improved_static: improvedSplit(rate, mu, servers, hold, fee, numbers(extra, "static_split")),
    })),
  };
  const capacity = mu.reduce((sum, m, i) => sum + m * servers[i]!, 0);
  return controlled({ id, world, rate, memory: memoryOf(rate, [capacity, ...mu], Math.min(...mu)), rules });
};

/** Rules around a Bernoulli split, where the case says which. */
function splitRules(extra: Parameters, rules: (split: string) => Rules): Rules {
  return "static_split" in extra ? rules(staticSplit(numbers(extra, "static_split"))) : {};
}

export const staticSplit = (shares: readonly number[]): string =>
  `static-split(${shares.map((share, i) => `${serverName(i)}=${share}`).join(",")})`;

/** Until a job would end that finds n others there, its own service counted. */
export const expectedDelay = (n: number, mu: number, servers: number): number =>
  n < servers ? 1 / mu : (n - servers + 1) / (servers * mu) + 1 / mu;

/**
 * One step of policy improvement from a Bernoulli split (Krishnan 1990): the pools are then independent M/M/s queues, and a
 * job goes where it raises the relative value, with the fee, by least.
 */
function improvedSplit(
  rate: number,
  mu: readonly number[],
  servers: readonly number[],
  hold: readonly number[],
  fee: readonly number[],
  split: readonly number[],
) {
  const raise = mu.map((m, i) => relativeValue(rate * split[i]!, m, servers[i]!, hold[i]!));
  return routeTo((view, i) => raise[i]!(inPool(view, i)) + fee[i]!);
}

/**
 * By how much one more job raises the relative value of an M/M/s queue with n, at `hold` a job and second. With d(n) = v(n + 1) -
 * v(n) and g the mean cost, hold n - g + a d(n) - min(n, s) mu d(n - 1) = 0: linear where all servers are busy, and from there
 * down step by step.
 */
function relativeValue(a: number, mu: number, s: number, hold: number): (n: number) => number {
  const spare = s * mu - a;
  const slope = hold / spare;
  const offset = (s * mu * slope - hold * meanNumber(a, mu, s)) / spare;
  const below = new Float64Array(s);
  below[s - 1] = offset + slope * (s - 1);
  for (let n = s - 1; n >= 1; n--)
    below[n - 1] = (hold * n - hold * meanNumber(a, mu, s) + a * below[n]!) / (n * mu);
  return (n) => (n < s ? below[n]! : offset + slope * n);
}

/** Jobs in an M/M/s queue, by Erlang's C. */
function meanNumber(a: number, mu: number, s: number): number {
  const load = a / mu;
  let blocked = 1;
  for (let k = 1; k <= s; k++) blocked = (load * blocked) / (k + load * blocked);
  const waits = blocked / (1 - (load / s) * (1 - blocked));
  return load + (waits * load) / (s - load);
}
