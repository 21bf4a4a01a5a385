import type { Policy } from "../policy.js";
import { expectedDelay, serviceTime } from "./delay.js";
import { leastPolicy } from "./tie-breaking.js";

export interface SedKnobs {
  /** Seconds charged for each unit of money that the attempt is expected to cost. */
  readonly price?: number;
  /** Seconds charged for each failed attempt that is expected before one succeeds. */
  readonly failure?: number;
}

/**
 * Shortest expected delay (Banawan and Zahorjan 1989): the pool where the task would end first, counting the tasks
 * ahead of it at their mean size. With its knobs it is the best of simple rules for pools that fail or cost: expected
 * delay and price grow by the attempts that success takes, 1 / (1 - p), and failures and money are charged in seconds.
 */
export function shortestExpectedDelay({ price = 0, failure = 0 }: SedKnobs = {}): Policy {
  const plain = price === 0 && failure === 0;
  return leastPolicy(plain ? "sed" : `sed(price=${price},failure=${failure})`, ["route"], (view, i) => {
    const pool = view.pool(i);
    const task = view.task(i);
    const delay = expectedDelay(view, task, pool);
    if (plain) return delay;
    const p = view.tasks.failureProbability(task, pool);
    const tries = 1 / (1 - p);
    const money = view.pools.price(pool) * serviceTime(view, task, pool);
    return tries * (delay + price * money) + failure * (tries - 1);
  });
}
