import type { Policy } from "../policy.js";
import { leastOverPools } from "./alternative-figures.js";
import { least } from "./choose.js";
import { tasksPerServer } from "./delay.js";
import { plainPolicy } from "./plain-policy.js";

/** The alternative that may run in the pool with the fewest tasks for each server. */
export const leastLoadedAlternative = (): Policy =>
  plainPolicy("least-loaded-alternative", "branch", (view) =>
    least(view, (v, i) => leastOverPools(v, i, tasksPerServer), null),
  );
