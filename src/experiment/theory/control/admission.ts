import { z } from "zod";
import type { DecisionView } from "../../../model/decision-view.js";
import { combined } from "../../../policy/combined.js";
import { admitWhere } from "../../../policy/heuristics/admit-where.js";
import type { Family } from "../families/index.js";
import type { TheoryModel } from "../model.js";
import { poisson, pool, task, type World, workflow } from "../nouns.js";
import { number, numbers, type Parameters, word } from "../parameters.js";
import { classes, className, classOf } from "./classes.js";
import { controlled, costs, type Rules, type Term } from "./controlled.js";
import { expectedDelay } from "./dispatching.js";
import { checkParameters, notNegative, positive, positives, problem, whole } from "./problem-parameters.js";
import { inPool, type OfPool, routeTo } from "./rules.js";
import { memoryOf, serverName } from "./slow-server.js";

const NAOR = problem({
  variant: z.literal("naor"),
  lambda: positive,
  mu: positive,
  R: z.number(),
  C: notNegative,
});
const TWO = problem(
  {
    variant: z.literal("two"),
    lambda: positives,
    mu: positive,
    c: whole,
    R: z.array(z.number()),
    C: notNegative,
    K: whole.optional(),
  },
  ["lambda", "R"],
);
const TRUNK = problem(
  { variant: z.literal("trunk"), lambda: positives, mu: positive, c: whole, R: z.array(z.number()) },
  ["lambda", "R"],
);
const ROUTE = problem({
  variant: z.literal("route"),
  lambda: positive,
  mu: positives,
  R: z.number(),
  C: notNegative,
});

/** Who is let in, where that is rewarded and their time costs (B8). */
export const admission: Family = (id, p, extra) => {
  const { schema, model } = word(p, "variant", {
    naor: { schema: NAOR, model: oneStation },
    two: { schema: TWO, model: oneStation },
    trunk: { schema: TRUNK, model: oneStation },
    route: { schema: ROUTE, model: routed },
  });
  checkParameters(id, p, schema);
  return model(id, p, extra);
};

const list = (p: Parameters, name: string): number[] =>
  typeof p[name] === "number" ? [number(p, name)] : numbers(p, name);

/** A tuned parameter is printed to nine digits. */
const PRINTED = 1 + 1e-7;

/** One station of c servers, perhaps with a bound: `naor`, `two` and `trunk`. */
function oneStation(id: string, p: Parameters, extra: Parameters): TheoryModel {
  const [rates, rewards] = [list(p, "lambda"), list(p, "R")];
  const [mu, c, cost] = [number(p, "mu"), number(p, "c", 1), number(p, "C", 0)];
  const places = p["variant"] === "trunk" ? c : number(p, "K", Number.MAX_VALUE);
  const world: World = {
    pools: [
      pool({
        name: "servers",
        servers: c,
        capacity: places === Number.MAX_VALUE ? Number.POSITIVE_INFINITY : places,
      }),
    ],
    workflows: classes(
      rates,
      rates.map(() => mu),
    ),
    objective: costs([
      [cost, "flowTime"],
      ...rewards.map((reward, k): Term => [-reward, "succeeded", className(k)]),
    ]),
    decide: ["admit"],
    sizes: "expected",
  };
  const admit = (holds: (k: number, n: number) => boolean) => () =>
    admitWhere("admit", (view, task) => holds(classOf(view, task), view.workflowsInSystem));
  const rules: Rules = {
    accept_all: "admit-all",
    individual_equilibrium: admit(
      (k, n) => cost * expectedDelay(n, mu, c) <= rewards[k]! * PRINTED && n < places,
    ),
    accept_only_if_server_idle: admit((_, n) => n < c),
    best_class_only: admit((k) => k === 0),
    ...("best_common_threshold" in extra
      ? { best_common_threshold: admit((_, n) => n < number(extra, "best_common_threshold")) }
      : {}),
    ...("best_random_admission_prob" in extra
      ? { best_random_admission: `admit-random(p=${number(extra, "best_random_admission_prob")})` }
      : {}),
  };
  const rate = rates.reduce((sum, each) => sum + each, 0);
  const kept = [c * mu, number(extra, "best_random_admission_prob", 1) === 1 ? 0 : c * mu].filter(
    (x) => x > 0,
  );
  return controlled({
    id,
    world,
    rate,
    memory: Math.max(
      memoryOf(Math.min(rate, 0.85 * c * mu), kept, mu),
      places < 1000 ? (places / c + 10) ** 2 / mu / 4 : 0,
    ),
    rules,
    gains: true,
  });
}

/** Two queues: who is let in is sent to one of them. */
function routed(id: string, p: Parameters, extra: Parameters): TheoryModel {
  const [rate, reward, cost] = [number(p, "lambda"), number(p, "R"), number(p, "C")];
  const mu = numbers(p, "mu");
  const all = mu.map((_, i) => i);
  const world: World = {
    pools: mu.map((speed, i) => pool({ name: serverName(i), speed })),
    workflows: [
      workflow(poisson(rate), [task({ kind: "exponential", mean: 1 }, { pools: all })], {
        name: className(0),
      }),
    ],
    objective: costs([
      [cost, "flowTime"],
      [-reward, "succeeded"],
    ]),
    decide: ["admit", "route"],
    sizes: "expected",
  };
  const delay: OfPool = (view, i) => expectedDelay(inPool(view, i), mu[i]!, 1);
  const least = (view: DecisionView): number => Math.min(...all.map((i) => delay(view, i)));
  const both = (admits: (view: DecisionView) => boolean, score: OfPool) => () =>
    combined([admitWhere("admit", admits), routeTo(score)()]);
  const rules: Rules = {
    individual_equilibrium: both((view) => cost * least(view) <= reward * PRINTED, delay),
    accept_only_if_idle: both(
      (view) => all.some((i) => inPool(view, i) === 0),
      (view, i) => (inPool(view, i) === 0 ? i : mu.length),
    ),
    accept_all_sed: both(() => true, delay),
    accept_all_jsq: both(() => true, inPool),
    ...("best_sed_delay_cap" in extra
      ? {
          best_sed_delay_cap: both(
            (view) => least(view) <= number(extra, "best_sed_delay_cap") * PRINTED,
            delay,
          ),
        }
      : {}),
  };
  const total = mu.reduce((sum, each) => sum + each, 0);
  return controlled({
    id,
    world,
    rate,
    memory: memoryOf(Math.min(rate, 0.9 * total), [total], Math.min(...mu)),
    rules,
    gains: true,
  });
}
