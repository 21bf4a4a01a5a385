import { z } from "zod";
import type { DecisionView } from "../../../model/decision-view.js";
import type { Family } from "../families/index.js";
import type { TheoryModel } from "../model.js";
import { pool, type World } from "../nouns.js";
import { number, numbers, type Parameters, word } from "../parameters.js";
import { byClass, classes, className, classOf, reallocated } from "./classes.js";
import { controlled, costs, type Rules, type Term } from "./controlled.js";
import { checkParameters, notNegatives, positive, positives, problem } from "./problem-parameters.js";
import { serve, type Worth } from "./rules.js";
import { memoryOf, serverName } from "./slow-server.js";

const CLASSES = { lambda: positives, hold: notNegatives };
/** @param skills of each server: its rates by the number of the class */
const PREEMPTIVE = problem(
  {
    ...CLASSES,
    variant: z.enum(["N", "W"]),
    skills: z.array(z.record(z.string().regex(/^\d$/), positive)).min(1),
  },
  ["lambda", "hold"],
).superRefine(({ lambda, skills }, context) => {
  const served = skills.flatMap((of) => Object.keys(of).map(Number));
  for (const [k] of lambda.entries())
    if (!served.includes(k))
      context.addIssue({
        code: "custom",
        path: ["skills"],
        message: `no server has class ${k}, of 0 to ${lambda.length - 1}`,
      });
  for (const k of served)
    if (k >= lambda.length)
      context.addIssue({
        code: "custom",
        path: ["skills"],
        message: `there is no class ${k}, only 0 to ${lambda.length - 1}`,
      });
});
const NONPREEMPTIVE = problem(
  {
    variant: z.literal("Nnp"),
    lambda: z.tuple([positive, positive]),
    hold: notNegatives,
    m11: positive,
    m21: positive,
    m22: positive,
  },
  ["lambda", "hold"],
);

/** Servers that each can serve some of the classes (B4). */
export const skills: Family = (id, p, extra) =>
  word(p, "variant", { N: preemptive, W: preemptive, Nnp: nonpreemptive })(id, p, extra);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Rates [server][class], 0 where a server cannot. Each job has work of mean 1. */
function worldOf(p: Parameters, rates: readonly (readonly number[])[], rest: Partial<World>): World {
  const [lambda, hold] = [numbers(p, "lambda"), numbers(p, "hold")];
  const able = (k: number) => rates.flatMap((of, i) => (of[k]! > 0 ? [i] : []));
  return {
    pools: rates.map((_, i) => pool({ name: serverName(i) })),
    workflows: classes(
      lambda,
      lambda.map(() => 1),
      { of: (k) => ({ pools: able(k), speeds: able(k).map((i) => rates[i]![k]!) }) },
    ),
    objective: costs(hold.map((cost, k): Term => [cost, "flowTime", className(k)])),
    decide: ["dispatch"],
    sizes: "expected",
    ...rest,
  };
}

/** Not reckoned from the load of each server, which hangs on the rule: as under a load of 0.9, which is usual. */
function memory(rates: readonly (readonly number[])[]): number {
  const slowest = Math.min(...rates.flat().filter((rate) => rate > 0));
  return memoryOf(0.9, [1], slowest);
}

/** All is given out anew at every event. What counts is who has not been given a server yet. */
function preemptive(id: string, p: Parameters, extra: Parameters): TheoryModel {
  checkParameters(id, p, PREEMPTIVE);
  const [lambda, hold] = [numbers(p, "lambda"), numbers(p, "hold")];
  const table = p["skills"] as readonly Readonly<Record<string, number>>[];
  const rates = table.map((of) => lambda.map((_, k) => of[String(k)] ?? 0));
  const left = (view: DecisionView, task: number): number => view.tasks.standsFor(task);
  const rules: Record<string, Rules[string]> = {
    cmu_greedy: serve(byClass((k, _n, _v, _t, pool) => hold[k]! * rates[pool]![k]!)),
    longest_queue: serve((view, task) => left(view, task)),
    max_pressure_h_mu_n: serve(
      byClass((k, _n, view, task, pool) => hold[k]! * rates[pool]![k]! * left(view, task)),
    ),
  };
  for (const [s, of] of rates.entries()) {
    const able = of.flatMap((rate, k) => (rate > 0 ? [k] : []));
    if (able.length < 2) continue;
    for (const first of able) {
      for (const second of able) {
        if (first === second) continue;
        rules[`static_priority_s${s + 1}:${first + 1}>${second + 1}`] = serve(
          byClass((k, _n, _v, _t, pool) => (pool === s && k === first ? 1 : 0)),
        );
      }
    }
  }
  for (const k of [0, 1]) {
    const name = `best_threshold_class${k + 1}_over_L`;
    if (!(name in extra)) continue;
    const limit = number(extra, name);
    rules[name] = serve(prefers(k, (n) => n > limit));
  }
  return controlled({
    id,
    world: worldOf(p, rates, { queues: [reallocated(rates.length)] }),
    rate: sum(lambda),
    memory: memory(rates),
    rules,
  });
}

/** Class k before all others where a condition on the number of its jobs holds, and after them where not. */
const prefers = (k: number, holds: (n: number) => boolean): Worth =>
  byClass((of, n) => (of !== k ? 1 : holds(n) ? 2 : 0));

/** The N-model without preemption: server 1 serves class 1 only, server 2 both. */
function nonpreemptive(id: string, p: Parameters, extra: Parameters): TheoryModel {
  checkParameters(id, p, NONPREEMPTIVE);
  const [lambda, hold] = [numbers(p, "lambda"), numbers(p, "hold")];
  const rates = [
    [number(p, "m11"), 0],
    [number(p, "m21"), number(p, "m22")],
  ];
  /** What the second server does; the first takes whom it can. */
  const second = (worth: (k: number, waiting: number) => number) =>
    serve((view, task, pool) => (pool === 0 ? 0 : worth(classOf(view, task), view.tasks.standsFor(task))));
  const rules: Record<string, Rules[string]> = {
    class1_first: second((k) => -k),
    class2_first: second((k) => k),
    cmu_greedy: second((k) => hold[k]! * rates[1]![k]!),
    longest_queue: second((_, waiting) => waiting),
    max_pressure_h_mu_n: second((k, waiting) => hold[k]! * rates[1]![k]! * waiting),
    dedicated: second((k) => (k === 1 ? 0 : Number.NEGATIVE_INFINITY)),
  };
  for (const k of [0, 1]) {
    const name = `best_threshold_class${k + 1}_ge_L`;
    if (!(name in extra)) continue;
    const limit = number(extra, name);
    rules[name] = second((of, waiting) => (of !== k ? 1 : waiting >= limit ? 2 : 0));
  }
  return controlled({
    id,
    world: worldOf(p, rates, {
      queues: [{ name: "line", pools: [0, 1], discipline: "fifo", idling: true }],
    }),
    rate: sum(lambda),
    memory: memory(rates),
    rules,
  });
}
