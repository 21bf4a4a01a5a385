import { type DecisionView, DUPLICATE, NONE, START, WAIT } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import { firstOption } from "./choose.js";
import { speedFor } from "./delay.js";
import { fastestStart } from "./fastest-idle-first.js";
import { plainPolicy } from "./plain-policy.js";

export interface DuplicateIdleKnobs {
  /** 1: a copy goes before waiting tasks, as long as no more than `most` wait; 0: only where nothing can be started. */
  readonly first?: number;
  readonly most?: number;
  /** 1: only of tasks that have been seen to straggle. */
  readonly straggling?: number;
  /** 1: only to a pool that is faster for the task than where it runs. */
  readonly faster?: number;
}

/**
 * Second copies on idle servers (Dean and Barroso 2013; Joshi, Soljanin and Wornell 2017): never idle while a task waits, the
 * fastest pool first; with a server to spare, a copy of what runs there, the one that began first, where it is served fastest.
 */
export function duplicateIdle({
  first = 0,
  most = 1e9,
  straggling = 0,
  faster = 0,
}: DuplicateIdleKnobs = {}): Policy {
  const worthwhile = (view: DecisionView, i: number): boolean => {
    if (view.option(i) !== DUPLICATE || !view.allowed(i)) return false;
    const task = view.task(i);
    if (straggling === 1 && !view.tasks.straggles(task)) return false;
    const runsAt = view.tasks.runsAt(task);
    return (
      faster === 0 || runsAt === NONE || speedFor(view, task, view.pool(i)) > speedFor(view, task, runsAt)
    );
  };
  const bestCopy = (view: DecisionView): number => {
    let best = -1;
    for (let i = 0; i < view.count; i++) {
      if (worthwhile(view, i) && (best < 0 || better(view, i, best))) best = i;
    }
    return best;
  };
  return plainPolicy(label("duplicate-idle", { first, most, straggling, faster }), "dispatch", (view) => {
    const copy = bestCopy(view);
    if (copy >= 0 && first === 1 && view.pools.waiting(view.pool(copy)) <= most) return copy;
    const start = fastestStart(view, () => true);
    if (view.option(start) === START) return start;
    return copy >= 0 ? copy : firstOption(view, [WAIT]);
  });
}

/** Whether copy a is to be made before copy b: faster served, or of what began earlier. */
function better(view: DecisionView, a: number, b: number): boolean {
  const speed = (i: number) => speedFor(view, view.task(i), view.pool(i));
  if (speed(a) !== speed(b)) return speed(a) > speed(b);
  return view.tasks.startedAt(view.task(a)) < view.tasks.startedAt(view.task(b));
}
