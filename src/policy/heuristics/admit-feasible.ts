import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import { admitWhere } from "./admit-where.js";
import { leastExpectedDelay } from "./delay.js";

/**
 * Takes a workflow in where it is expected to meet its deadline: the delay of its first task at the best pool and the
 * longest path after it, times `margin`, fit into the time until it is due. Without a deadline it is taken in.
 */
export const admitFeasible = ({ margin = 1 }: { margin?: number } = {}): Policy =>
  admitWhere(label("admit-feasible", { margin }), (view, task) => {
    const { tasks, time } = view;
    const due = tasks.dueAt(task);
    if (due === Number.POSITIVE_INFINITY) return true;
    const pathAfter = tasks.upwardRank(task) - tasks.size(task);
    return margin * (leastExpectedDelay(view, task) + pathAfter) <= due - time;
  });
