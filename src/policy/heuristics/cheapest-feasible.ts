import type { DecisionView } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import type { Score } from "./choose.js";
import { expectedDelay, serviceTime } from "./delay.js";
import { leastPolicy } from "./tie-breaking.js";

/**
 * The pool that is expected to charge least until an attempt succeeds, of those where the task is expected to end in time:
 * within `limit` typical tasks, and so that the path ahead still meets the workflow's deadline. Where none is, the one
 * where it is expected to end first. The rule of deadline-constrained workflow schedulers (Abrishami et al. 2013), online.
 */
export function cheapestFeasible({ limit = 10 }: { limit?: number } = {}): Policy {
  const delay: Score = (view, i) => expectedDelay(view, view.task(i), view.pool(i));
  const feasible = (view: DecisionView, i: number) => delay(view, i) <= patience(view, view.task(i), limit);
  return leastPolicy(
    label("cheapest-feasible", { limit }),
    ["route"],
    (view, i) => (feasible(view, i) ? 0 : 1),
    (view, i) => (feasible(view, i) ? price(view, i) : delay(view, i)),
  );
}

/** Seconds that the task may take. */
function patience({ tasks, time, timeScale }: DecisionView, task: number, limit: number): number {
  const pathAfter = tasks.upwardRank(task) - tasks.size(task);
  return Math.min(limit * timeScale, tasks.dueAt(task) - time - pathAfter);
}

/** Money until an attempt succeeds, expected. */
function price(view: DecisionView, i: number): number {
  const [task, pool] = [view.task(i), view.pool(i)];
  const success = 1 - view.tasks.failureProbability(task, pool);
  const attempt = view.pools.price(pool) * serviceTime(view, task, pool);
  return success > 0 ? attempt / success : Number.POSITIVE_INFINITY;
}
