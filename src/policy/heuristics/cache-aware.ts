import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import { expectedDelay, serviceTime } from "./delay.js";
import { leastPolicy } from "./tie-breaking.js";

/**
 * Shortest expected delay, less what the pool's cache spares: a share `saving` of the work for all of the task's blocks
 * (Qin et al. 2024, Mooncake: KV-cache-centric scheduling). Weighs locality against load, where `locality` only guards.
 */
export const cacheAware = ({ saving = 0.5 }: { saving?: number } = {}): Policy =>
  leastPolicy(label("cache-aware", { saving }), ["route"], (view, i) => {
    const [task, pool] = [view.task(i), view.pool(i)];
    const spared = saving * view.tasks.cachedShare(task, pool) * serviceTime(view, task, pool);
    return expectedDelay(view, task, pool) - spared;
  });
