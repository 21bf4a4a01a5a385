import type { DecisionView } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { leastStart } from "./choose.js";
import { serviceTime } from "./delay.js";
import { plainPolicy } from "./plain-policy.js";

/**
 * An index rule: of the pairs of a waiting task and a free pool, that with the largest index; of equals the one that has
 * waited longest. Each server so takes the class that is worth most there, not the class that is worth most anywhere.
 */
export function indexRule(
  name: string,
  index: (view: DecisionView, task: number, pool: number) => number,
): Policy {
  return plainPolicy(name, "dispatch", (view) =>
    leastStart(
      view,
      (v, i) => -index(v, v.task(i), v.pool(i)),
      (v, i) => v.tasks.readyAt(v.task(i)),
    ),
  );
}

/**
 * Tasks a second that the pool's server would complete, mu: 1 / expected service time. Where sizes are known it is the
 * task's own, and the index rules become Smith's (1956) rule of weighted shortest processing time.
 */
export const serviceRate = (view: DecisionView, task: number, pool: number): number =>
  1 / serviceTime(view, task, pool);
