import type { Policy } from "../policy.js";
import { exceeds, fasterCapacity, speedFor } from "./delay.js";
import { fastestStart } from "./fastest-idle-first.js";
import { plainPolicy } from "./plain-policy.js";

/**
 * The slow-server problem by individual reckoning (Walrand 1984): a pool takes up a task only where the last in line would
 * wait longer for the faster servers than the pool would serve it: (q + 1) / (their rate) > 1 / mu. The fastest goes first.
 */
export const sedThreshold = (): Policy =>
  plainPolicy("sed-threshold", "dispatch", (view) =>
    fastestStart(view, (v, task, pool) =>
      exceeds((v.pools.waiting(pool) + 1) * speedFor(v, task, pool), fasterCapacity(v, task, pool)),
    ),
  );
