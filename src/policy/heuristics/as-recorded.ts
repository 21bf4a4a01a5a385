import type { Policy } from "../policy.js";
import { tasksPerServer } from "./delay.js";
import { leastPolicy } from "./tie-breaking.js";

/**
 * The pool where the task ran when its trace was recorded: the decisions of whoever ran it, replayed. Where there is no
 * record of it, or the pool is not allowed, as `jsq`.
 */
export const asRecorded = (): Policy =>
  leastPolicy(
    "as-recorded",
    ["route"],
    (view, i) => (view.tasks.recordedPool(view.task(i)) === view.pool(i) ? 0 : 1),
    (view, i) => tasksPerServer(view, view.pool(i)),
  );
