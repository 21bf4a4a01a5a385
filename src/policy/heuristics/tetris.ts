import type { DecisionView } from "../../model/decision-view.js";
import { RESOURCE_NAMES } from "../../model/scenario.js";
import type { Policy } from "../policy.js";
import { leastStart } from "./choose.js";
import { plainPolicy } from "./plain-policy.js";

/**
 * Multi-resource packing (Grandl et al. 2014, Tetris): the pair whose demand lies best along what the pool has free, the dot
 * product of both as shares of a server. Shortest work left first among equals, and where nothing is scarce.
 */
export const tetris = (): Policy =>
  plainPolicy("tetris", "dispatch", (view) =>
    leastStart(
      view,
      (v, i) => -alignment(v, v.task(i), v.pool(i)),
      (v, i) => v.tasks.remaining(v.task(i)),
    ),
  );

function alignment({ tasks, pools }: DecisionView, task: number, pool: number): number {
  let sum = 0;
  for (let r = 0; r < RESOURCE_NAMES.length; r++) {
    const has = pools.resource(pool, r);
    if (has > 0 && has < Number.POSITIVE_INFINITY) {
      sum += (tasks.need(task, r) / has) * pools.freeShare(pool, r);
    }
  }
  return sum;
}
