import { z } from "zod";
import { UNBOUNDED_ATTEMPTS, type Weather } from "../../../model/scenario.js";
import type { Family } from "../families/index.js";
import { ONCE, poisson, pool, task, type World, workflow } from "../nouns.js";
import { exponential, number, numbers, type Parameters } from "../parameters.js";
import { controlled, costs, type Rules, type Term } from "./controlled.js";
import { staticSplit } from "./dispatching.js";
import { checkParameters, notNegatives, positive, positives, problem } from "./problem-parameters.js";
import { inPool, type OfPool, routeTo } from "./rules.js";
import { memoryOf, serverName } from "./slow-server.js";

const EXP_1 = { kind: "exponential", mean: 1 } as const;

const fails = z.number().min(0).lt(1);
const ROUTES = {
  lambda: positive,
  mu: positives,
  fail_cost: z.number(),
  hold: notNegatives.optional(),
};
const ALIKE = ["mu", "p_fail", "hold"] as const;
const STEADY = problem({ ...ROUTES, p_fail: z.array(fails).min(1) }, ALIKE);
/** In a good environment and in a bad one the first route fails at different rates. */
const CHANGING = problem(
  {
    ...ROUTES,
    variant: z.literal("env").optional(),
    p_fail: z.tuple([z.tuple([fails, z.number().min(0).max(1)])], fails),
    env_rate: z.tuple([positive, positive]),
  },
  ALIKE,
);

/** Single servers whose work may turn out to have failed; the job is then sent anew, anywhere (B7). */
export const failingRoutes: Family = (id, p, extra) => {
  checkParameters(id, p, "env_rate" in p ? CHANGING : STEADY);
  const rate = number(p, "lambda");
  const mu = numbers(p, "mu");
  const cost = number(p, "fail_cost");
  const hold = "hold" in p ? numbers(p, "hold") : mu.map(() => 1);
  const { good, mean, weather } = failures(p);
  const all = mu.map((_, i) => i);
  const world: World = {
    pools: mu.map((speed, i) => pool({ name: serverName(i), speed, attemptFailure: good[i]! })),
    workflows: [
      workflow(poisson(rate), [
        task(EXP_1, { pools: all, retry: { ...ONCE, attempts: UNBOUNDED_ATTEMPTS } }),
      ]),
    ],
    objective: costs([
      ...hold.map((each, i): Term => [each, "inPool", serverName(i)]),
      [cost, "attemptFailures"],
    ]),
    decide: ["route"],
    sizes: "expected",
    ...(weather.length > 0 ? { weather } : {}),
  };
  const effective =
    (failure: OfPool): OfPool =>
    (view, i) =>
      (inPool(view, i) + 1) / (mu[i]! * (1 - failure(view, i)));
  const withCost =
    (failure: OfPool): OfPool =>
    (view, i) =>
      hold[i]! * effective(failure)(view, i) + (cost * failure(view, i)) / (1 - failure(view, i));
  const nominal: OfPool = (view, i) => (inPool(view, i) + 1) / mu[i]!;
  const known: OfPool = (_, i) => mean[i]!;
  const now: OfPool = (view, i) => view.tasks.failureProbability(view.task(0), i);
  const bad: OfPool = (view, i) => (now(view, i) > good[i]! + 1e-9 ? 1 : 0);
  const rules: Rules = {
    always_route1: routeTo((_, i) => i),
    always_route2: routeTo((_, i) => (i === 1 ? 0 : 1)),
    jsq: routeTo(inPool),
    sed_nominal: routeTo(nominal),
    sed_effective: routeTo(effective(known)),
    sed_effective_plus_fail_cost: routeTo(withCost(known)),
    sed_effective_then_failover_to_last: routeTo((view, i) =>
      view.tasks.attempts(view.task(0)) > 0 ? mu.length - 1 - i : effective(known)(view, i),
    ),
    sed_env_aware: routeTo(effective(now)),
    sed_env_aware_plus_fail_cost: routeTo(withCost(now)),
    circuit_breaker: routeTo((view, i) => (bad(view, 0) === (i === 0 ? 0 : 1) ? 0 : 1)),
    circuit_breaker_sed: routeTo((view, i) =>
      bad(view, i) === 1 ? Number.POSITIVE_INFINITY : nominal(view, i),
    ),
    round_robin: "round-robin",
    ...("best_static_split_route1" in extra
      ? { best_static_split: staticSplit(twoShares(number(extra, "best_static_split_route1"))) }
      : {}),
  };
  const capacity = mu.map((m, i) => m * (1 - mean[i]!));
  const total = capacity.reduce((sum, each) => sum + each, 0);
  return controlled({
    id,
    world,
    rate,
    memory: memoryOf(rate, [total, ...capacity], Math.min(...mu)),
    rules,
  });
};

const twoShares = (first: number): number[] => [first, 1 - first];

/**
 * Probabilities of failure by route: `good` and, over time, `mean`. What changes with the environment is weather
 * that judges work at its end.
 */
function failures(p: Parameters) {
  const given = p["p_fail"] as readonly (number | readonly [number, number])[];
  const both = given.map((each) => (typeof each === "number" ? ([each, each] as const) : each));
  const [leavesGood, leavesBad] = "env_rate" in p ? numbers(p, "env_rate") : [1, 1];
  const share = leavesGood! / (leavesGood! + leavesBad!);
  const least = both.map((pair) => Math.min(...pair));
  const weather = both.flatMap((pair, i): Weather[] => {
    const most = Math.max(...pair);
    if (most === least[i]) return [];
    // The environment that fails more is the weather, whichever of them is called good.
    const [every, lasts] = pair[1] === most ? [leavesGood!, leavesBad!] : [leavesBad!, leavesGood!];
    return [
      {
        name: `bad${i + 1}`,
        pools: [i],
        when: { kind: "random", every: exponential(every), lasts: exponential(lasts) },
        effect: { kind: "failures", attemptFailure: 1 - (1 - most) / (1 - least[i]!), judged: "end" },
      },
    ];
  });
  return {
    good: least,
    mean: both.map(([good, bad]) => good + share * (bad - good)),
    weather,
  };
}
