import type { Policy } from "../policy.js";
import { label, type Weights } from "../weights.js";
import { fastestStart } from "./fastest-idle-first.js";
import { plainPolicy } from "./plain-policy.js";

/**
 * Threshold rule of the slow-server problem (Lin and Kumar 1984; Koole 1995): a pool takes up a task only while at least as
 * many wait as its threshold says, that task counted; the fastest of those that may goes first. Waits otherwise.
 */
export const threshold = (least: Weights): Policy =>
  plainPolicy(label("threshold", {}, ["", least]), "dispatch", (view) =>
    fastestStart(view, ({ pools }, _task, pool) => pools.waiting(pool) >= least.of(pools.name(pool))),
  );
