import { OTHER_POOL, SAME_POOL } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { firstOption } from "./choose.js";
import { expectedDelay } from "./delay.js";
import { plainPolicy } from "./plain-policy.js";

/** Stays or goes elsewhere as the task is expected to succeed sooner: expected delay over the probability of success. */
export const retrySoonest = (): Policy =>
  plainPolicy("retry-soonest", "retry", (view) => {
    const { tasks, pools } = view;
    const [task, here] = [view.task(0), view.pool(0)];
    const delay = (pool: number) =>
      expectedDelay(view, task, pool) / (1 - tasks.failureProbability(task, pool));
    for (let p = 0; p < pools.count; p++) {
      if (p !== here && delay(p) < delay(here)) return firstOption(view, [OTHER_POOL, SAME_POOL]);
    }
    return firstOption(view, [SAME_POOL, OTHER_POOL]);
  });
