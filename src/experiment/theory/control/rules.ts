import type { DecisionView } from "../../../model/decision-view.js";
import { START, WAIT } from "../../../model/decision-view.js";
import { firstOption, leastInTurn, type Score } from "../../../policy/heuristics/choose.js";
import { plainPolicy } from "../../../policy/heuristics/plain-policy.js";
import { nearestSize } from "../../../policy/heuristics/scaling-rule.js";
import type { Policy } from "../../../policy/policy.js";

/**
 * Rules as the theory of small systems states them: with all parameters known, and with ties broken by number. Those that ship
 * break them by luck or by age, which is as good on the whole, and another figure to the digit.
 */

/** A figure of a pool, by its number. */
export type OfPool = (view: DecisionView, pool: number) => number;

/** Tasks in a pool, running or waiting. */
export const inPool: OfPool = ({ pools }, pool) => pools.running(pool) + pools.waiting(pool);

/** Sends each task to the pool with the least score, of equals to the fastest, and of those to the first. */
export const routeTo =
  (score: OfPool): (() => Policy) =>
  () => {
    const best = new Float64Array(2);
    const scores: readonly Score[] = [
      (view, i) => rounded(score(view, view.pool(i))),
      (view, i) => -view.pools.speed(view.pool(i)),
    ];
    return plainPolicy("route-to", "route", (view) => leastInTurn(view, scores, null, best));
  };

/** What a class is worth to a server; -Infinity where it is not to be served there. */
export type Worth = (view: DecisionView, task: number, pool: number) => number;

/** Each server in turn, the first first, takes the class that is worth most to it, the first of equals; or none. */
export const serve =
  (worth: Worth): (() => Policy) =>
  () =>
    plainPolicy("serve", "dispatch", (view) => {
      let [best, most] = [-1, 0];
      for (let i = 0; i < view.count; i++) {
        if (view.option(i) !== START || !view.allowed(i)) continue;
        const value = rounded(worth(view, view.task(i), view.pool(i)));
        if (value === Number.NEGATIVE_INFINITY) continue;
        if (best >= 0 && !goesBefore(view, i, best, value - most)) continue;
        [best, most] = [i, value];
      }
      return best >= 0 ? best : firstOption(view, [WAIT]);
    });

/** Whether candidate a, worth so much more than b, goes before it. Classes are named by their numbers, from 1 to 9. */
function goesBefore(view: DecisionView, a: number, b: number, more: number): boolean {
  if (view.pool(a) !== view.pool(b)) return view.pool(a) < view.pool(b);
  return more !== 0 ? more > 0 : view.tasks.type(view.task(a)) < view.tasks.type(view.task(b));
}

/** Brings a pool to the size that is nearest to a target. */
export const scaleTo =
  (target: OfPool): (() => Policy) =>
  () =>
    plainPolicy("scale-to", "scale", (view) => nearestSize(view, target(view, view.pool(0))));

/** Equal figures that were reckoned in different ways must be equal: 0.3 / 0.1 is less than 3. */
const rounded = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(12)) : value);
