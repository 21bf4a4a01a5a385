import type { Policy } from "../policy.js";
import { least } from "./choose.js";

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
      ? least(view, (v, i) => -v.tasks.upwardRank(v.task(i)), null)
      : least(
          view,
          (v, i) => {
            const { pools, tasks } = v;
            const pool = v.pool(i);
            const free = pools.running(pool) + pools.waiting(pool) < pools.servers(pool);
            const wait = free ? 0 : pools.backlog(pool) / (pools.servers(pool) * pools.speed(pool));
            return wait + tasks.size(v.task(i)) / pools.speed(pool);
          },
          null,
        ),
});
