import type { DecisionView } from "../../../model/decision-view.js";
import type { Queue, TaskTemplate, WorkflowTemplate } from "../../../model/scenario.js";
import { poisson, task, workflow } from "../nouns.js";
import { exponential } from "../parameters.js";
import type { Worth } from "./rules.js";

/** Classes of jobs, each a workflow of one task of a type of its own. */

export const className = (k: number): string => `class${k + 1}`;

/** The number of a task's class, from 0. */
export const classOf = (view: DecisionView, task: number): number =>
  Number(view.tasks.type(task).slice("class".length)) - 1;

/** A figure of the class that a task is of, by the class's number and that of its jobs in the system. */
export const byClass =
  (worth: (k: number, n: number, view: DecisionView, task: number, pool: number) => number): Worth =>
  (view, task, pool) =>
    worth(classOf(view, task), view.tasks.queueLength(task), view, task, pool);

/** Jobs of class k, `rates[k]` a second, with exponential work of mean 1 / mu[k]. */
export const classes = (
  rates: readonly number[],
  mu: readonly number[],
  {
    of = () => ({}),
    job = () => ({}),
  }: {
    readonly of?: (k: number) => Partial<TaskTemplate>;
    readonly job?: (k: number) => Partial<WorkflowTemplate>;
  } = {},
): WorkflowTemplate[] =>
  rates.map((rate, k) =>
    workflow(poisson(rate), [task(exponential(mu[k]!), { name: className(k), ...of(k) })], {
      name: className(k),
      ...job(k),
    }),
  );

/** The line before all servers, given out anew at every event. */
export const reallocated = (pools: number): Queue => ({
  name: "line",
  pools: Array.from({ length: pools }, (_, i) => i),
  discipline: "fifo",
  reallocate: true,
  idling: true,
});
