import type { DecisionView } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import type { Score } from "./choose.js";
import { tasksPerServer } from "./delay.js";
import { leastPolicy } from "./tie-breaking.js";

/**
 * The pool that holds the largest share of the task's cache, as long as its queue is no more than `guard` tasks for each
 * server longer than the shortest (bounded-load affinity: Mirrokni et al. 2018); of equals the shorter queue.
 */
export function locality({ guard = 2 }: { guard?: number } = {}): Policy {
  let shortest = 0;
  const queue: Score = (view, i) => tasksPerServer(view, view.pool(i));
  const within: Score = (view, i) => (queue(view, i) <= shortest + guard ? 0 : 1);
  const policy = leastPolicy(
    label("locality", { guard }),
    ["route"],
    within,
    (view, i) => (within(view, i) === 0 ? -view.tasks.cachedShare(view.task(i), view.pool(i)) : 0),
    queue,
  );
  return {
    ...policy,
    decide(view) {
      shortest = shortestQueue(view);
      return policy.decide(view);
    },
  };
}

function shortestQueue(view: DecisionView): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < view.count; i++) {
    if (view.allowed(i)) shortest = Math.min(shortest, tasksPerServer(view, view.pool(i)));
  }
  return shortest;
}
