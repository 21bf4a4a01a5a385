import type { Policy } from "../policy.js";
import { least } from "./choose.js";
import { hasServerToCome, serviceTime, workPerServer } from "./delay.js";
import { orderedStart } from "./service-order.js";

/**
 * HEFT as an online rule (Topcuoglu, Hariri and Wu 2002): of the waiting tasks, the one with the longest path ahead;
 * of the pools, the one where the task finishes earliest given the work that is queued there.
 */
export const upwardRank = (): Policy => ({
  name: "upward-rank",
  kinds: ["route", "dispatch"],
  reset() {},
  decide: (view) =>
    view.kind === "dispatch"
      ? orderedStart(view, (v, task) => -v.tasks.upwardRank(task))
      : least(
          view,
          (v, i) => {
            const pool = v.pool(i);
            return (hasServerToCome(v, pool) ? 0 : workPerServer(v, pool)) + serviceTime(v, v.task(i), pool);
          },
          null,
        ),
});
