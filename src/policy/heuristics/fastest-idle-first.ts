import { type DecisionView, START, WAIT } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { firstOption, leastStart } from "./choose.js";
import { speedFor } from "./delay.js";
import { plainPolicy } from "./plain-policy.js";

/**
 * The fastest free pool first, for the task that has waited longest of those that it may run. Where all tasks may run
 * everywhere this is `fifo`; elsewhere a fast pool is not left idle because the first in line cannot use it.
 */
export const fastestIdleFirst = (): Policy =>
  plainPolicy("fastest-idle-first", "dispatch", (view) => fastestStart(view, () => true));

/**
 * The fastest free pool among those that `permits` lets take up a task. Where it lets none, the decision is to wait; where
 * waiting is not allowed either, the fastest after all.
 */
export function fastestStart(
  view: DecisionView,
  permits: (view: DecisionView, task: number, pool: number) => boolean,
): number {
  const fastest = leastStart(
    view,
    (v, i) => -speedFor(v, v.task(i), v.pool(i)) + (permits(v, v.task(i), v.pool(i)) ? 0 : FORBIDDEN),
    (v, i) => v.tasks.readyAt(v.task(i)),
  );
  const starts = view.option(fastest) === START;
  if (!starts || permits(view, view.task(fastest), view.pool(fastest))) return fastest;
  const other = firstOption(view, [WAIT]);
  return view.option(other) === WAIT ? other : fastest;
}

/** Above every speed, so that what is not permitted stands behind all that is, itself in order. */
const FORBIDDEN = 1e12;
