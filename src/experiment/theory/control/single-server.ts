import { z } from "zod";
import type { DecisionView } from "../../../model/decision-view.js";
import type { Family } from "../families/index.js";
import { pool, type World } from "../nouns.js";
import { exponential, number, numbers, object, type Parameters, word } from "../parameters.js";
import { byClass, classes, className, classOf, reallocated } from "./classes.js";
import { controlled, costs, type Problem, type Rule, type Rules, type Term } from "./controlled.js";
import { checkParameters, notNegatives, positives, problem } from "./problem-parameters.js";
import { serve, type Worth } from "./rules.js";
import { memoryOf } from "./slow-server.js";

/** Classes are told by names of one digit. */
const MOST_CLASSES = 9;
const CLASSES = {
  variant: z.string(),
  lambda: positives.max(MOST_CLASSES),
  mu: positives,
  hold: notNegatives,
};
const ALIKE = ["lambda", "mu", "hold"] as const;
const PLAIN = problem(CLASSES, ALIKE);
const ABANDONING = problem({ ...CLASSES, theta: notNegatives, r: z.array(z.number()) }, [
  ...ALIKE,
  "theta",
  "r",
]);
const SETTING_UP = problem({ ...CLASSES, setup_rate: positives }, [...ALIKE, "setup_rate"]);

/** One server, several classes (B3). */
export const singleServer: Family = (id, p, extra) => {
  const { schema, variant } = word(p, "variant", {
    linear: { schema: PLAIN, variant: preemptive("flowTime") },
    quadratic: { schema: PLAIN, variant: preemptive("squaredFlowTime") },
    abandon: { schema: ABANDONING, variant: abandoning },
    setup: { schema: SETTING_UP, variant: settingUp },
  });
  checkParameters(id, p, schema);
  return controlled({ ...variant(p, extra), id });
};

type Variant = (p: Parameters, extra: Parameters) => Omit<Problem, "id">;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Seconds of memory, by the load of all classes. */
function memory(rates: readonly number[], mu: readonly number[]): number {
  const load = sum(rates.map((rate, k) => rate / mu[k]!));
  const slowest = Math.min(...mu);
  return memoryOf(load * slowest, [slowest], slowest);
}

const preemptive =
  (metric: "flowTime" | "squaredFlowTime"): Variant =>
  (p) => {
    const [rates, mu, hold] = [numbers(p, "lambda"), numbers(p, "mu"), numbers(p, "hold")];
    const world: World = {
      pools: [pool({ name: "server" })],
      queues: [reallocated(1)],
      workflows: classes(rates, mu),
      objective: costs(hold.map((cost, k): Term => [cost, metric, className(k)])),
      decide: ["dispatch"],
      sizes: "expected",
    };
    const cmu = (k: number): number => hold[k]! * mu[k]!;
    return {
      world,
      rate: sum(rates),
      memory: memory(rates, mu),
      rules: {
        ...plainRules(mu, hold),
        // Who waits longest is served first, and to the end.
        fcfs: {
          policy: "fifo",
          world: { queues: [{ name: "line", pools: [0], discipline: "fifo" }], decide: [] },
        },
        cmu: serve(byClass(cmu)),
        static_cmu: serve(byClass(cmu)),
        reverse_cmu: serve(byClass((k) => -cmu(k))),
        generalised_cmu: serve(byClass((k, n) => 2 * n * cmu(k))),
        generalised_cmu_difference: serve(byClass((k, n) => (2 * n - 1) * cmu(k))),
      },
    };
  };

const plainRules = (mu: readonly number[], hold: readonly number[]): Rules => ({
  lqf: serve(byClass((_, n) => n)),
  sept_fastest_first: serve(byClass((k) => mu[k]!)),
  highest_cost_first: serve(byClass((k) => hold[k]!)),
});

/** Jobs leave by themselves, waiting or in service, and that costs. */
const abandoning: Variant = (p, extra) => {
  const [rates, mu, hold] = [numbers(p, "lambda"), numbers(p, "mu"), numbers(p, "hold")];
  const [theta, fee] = [numbers(p, "theta"), numbers(p, "r")];
  const world: World = {
    pools: [pool({ name: "server" })],
    queues: [reallocated(1)],
    workflows: classes(rates, mu, {
      job: (k) => (theta[k]! > 0 ? { timeout: exponential(theta[k]!) } : {}),
    }),
    objective: costs(
      hold.flatMap((cost, k): Term[] => [
        [cost, "flowTime", className(k)],
        [fee[k]!, "failures", className(k)],
      ]),
    ),
    decide: ["dispatch"],
    sizes: "expected",
  };
  const leaving = rates.flatMap((_, k) => (theta[k]! > 0 ? [k] : []));
  const whole = (k: number): number => (hold[k]! + theta[k]! * fee[k]!) * mu[k]!;
  return {
    world,
    rate: sum(rates),
    // Whoever abandons keeps the queue short; who does not has the server to share with its like.
    memory: Math.max(
      20 / Math.min(...leaving.map((k) => theta[k]!), ...mu),
      leaving.length === rates.length
        ? 0
        : memory(
            rates.map((rate, k) => (theta[k]! > 0 ? 0 : rate)),
            mu,
          ),
    ),
    rules: {
      ...plainRules(mu, hold),
      cmu_instantaneous: serve(byClass(whole)),
      cmu_over_theta: serve(byClass((k) => whole(k) / theta[k]!)),
      cmu_linear_hold_only: serve(byClass((k) => hold[k]! * mu[k]!)),
      ...("best_static_priority" in extra
        ? { best_static_priority: serve(inOrder(numbers(extra, "best_static_priority"))) }
        : {}),
    },
  };
};

/** Classes in a fixed order, the first first; numbered from 1. */
const inOrder = (order: readonly number[]): Worth => byClass((k) => -order.indexOf(k + 1));

/** Less than what any two numbers of jobs differ by, and more than rounding. */
const OWN = 1e-6;

/**
 * The class of low cost is left for the other when so many of that wait, or it has none itself; the class of high cost is left
 * when it has none itself and so many of the other wait.
 */
function doubleThreshold(
  high: number,
  p: Parameters,
  isReady: (view: DecisionView, task: number) => boolean,
): Rule["policy"] {
  const [preempt, leave] = [number(p, "preempt_low_at"), number(p, "leave_high_at")];
  return serve((view, task) => {
    const own = isReady(view, task);
    if (classOf(view, task) === high) return own ? 2 : view.tasks.standsFor(task) >= preempt ? 3 : 1;
    if (own) return 2;
    return view.tasks.standsFor(task) >= leave ? 1 : Number.NEGATIVE_INFINITY;
  });
}

/** The server is set up for one class; to set it up for another takes time, and is not interrupted. */
const settingUp: Variant = (p, extra) => {
  const [rates, mu, hold] = [numbers(p, "lambda"), numbers(p, "mu"), numbers(p, "hold")];
  const setup = numbers(p, "setup_rate");
  const world: World = {
    pools: [pool({ name: "server" })],
    queues: [{ name: "line", pools: [0], discipline: "fifo", idling: true, reconsider: true }],
    workflows: classes(rates, mu, { of: (k) => ({ changeover: exponential(setup[k]!) }) }),
    objective: costs(hold.map((cost, k): Term => [cost, "flowTime", className(k)])),
    decide: ["dispatch"],
    sizes: "expected",
  };
  const high = hold[0]! * mu[0]! >= hold[1]! * mu[1]! ? 0 : 1;
  const isReady = (view: DecisionView, task: number): boolean => view.tasks.changeover(task, 0) === 0;
  /** The class with more of something; the server's own among equals. */
  const most = (of: (k: number, n: number) => number) =>
    serve((view, task) => {
      const value = of(classOf(view, task), view.tasks.standsFor(task));
      return isReady(view, task) ? value * (1 + OWN) : value;
    });
  return {
    world,
    rate: sum(rates),
    memory: 3 * memory(rates, mu),
    rules: {
      exhaustive: most(() => 1),
      cmu_always_switch: serve(byClass((k) => hold[k]! * mu[k]!)),
      lqf: most((_, n) => n),
      max_weight_cmu_queue: most((k, n) => hold[k]! * mu[k]! * n),
      ...("best_double_threshold" in extra
        ? { best_double_threshold: doubleThreshold(high, object(extra, "best_double_threshold"), isReady) }
        : {}),
    },
  };
};
