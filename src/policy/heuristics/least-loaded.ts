import type { DecisionView } from "../../model/decision-view.js";
import { RESOURCE_NAMES } from "../../model/scenario.js";
import type { Policy } from "../policy.js";
import { serversToCome } from "./delay.js";
import { leastPolicy } from "./tie-breaking.js";

/**
 * The pool whose most used resource would be used least with the task in it: its dominant share (Ghodsi et al. 2011),
 * tasks that wait added for each server. Pools without resources are counted by their servers alone.
 */
export const leastLoaded = (): Policy =>
  leastPolicy("least-loaded", ["route"], (view, i) => loadWith(view, view.task(i), view.pool(i)));

function loadWith(view: DecisionView, task: number, pool: number): number {
  const { tasks, pools } = view;
  const servers = serversToCome(view, pool);
  if (servers === 0 || !pools.open(pool)) return Number.POSITIVE_INFINITY;
  let dominant = -1;
  for (let r = 0; r < RESOURCE_NAMES.length; r++) {
    const has = pools.resource(pool, r);
    if (has === Number.POSITIVE_INFINITY) continue;
    const asked = tasks.need(task, r);
    const share = 1 - pools.freeShare(pool, r) + (asked > 0 ? asked / (has * servers) : 0);
    dominant = Math.max(dominant, share);
  }
  const waiting = pools.waiting(pool) / servers;
  return dominant >= 0 ? dominant + waiting : (pools.running(pool) + 1) / servers + waiting;
}
