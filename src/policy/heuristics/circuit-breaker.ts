import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import type { Score } from "./choose.js";
import { expectedDelay } from "./delay.js";
import { leastPolicy } from "./tie-breaking.js";

/**
 * Shuns pools whose attempts, as far as can be seen now, fail with probability `limit` or more (the breaker is open:
 * Nygard 2007, ch. 5); among the others the shortest expected delay. Where all are shunned, the least likely to fail.
 */
export function circuitBreaker({ limit = 0.5 }: { limit?: number } = {}): Policy {
  const failure: Score = (view, i) => view.tasks.failureProbability(view.task(i), view.pool(i));
  return leastPolicy(
    label("circuit-breaker", { limit }),
    ["route"],
    (view, i) => (failure(view, i) >= limit ? failure(view, i) : -1),
    (view, i) => expectedDelay(view, view.task(i), view.pool(i)),
  );
}
