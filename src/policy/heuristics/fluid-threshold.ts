import type { DecisionView } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import { exceeds, fasterCapacity, speedFor } from "./delay.js";
import { fastestStart } from "./fastest-idle-first.js";
import { plainPolicy } from "./plain-policy.js";

/**
 * As `sed-threshold`, where those in line wait for what the faster servers have to spare once they have kept up with what
 * arrives: a pool takes up a task only where q / (their rate - arrival rate) > 1 / mu, or nothing is to spare.
 * @param knobs.arrivals tasks a second; 0 for the work that has come in so far over the time that has passed
 */
export const fluidThreshold = ({ arrivals = 0 }: { arrivals?: number } = {}): Policy =>
  plainPolicy(label("fluid-threshold", { arrivals }), "dispatch", (view) =>
    fastestStart(view, (v, task, pool) => {
      const arriving = arrivals > 0 ? arrivals * v.tasks.size(task) : meanArriving(v, pool);
      const spare = fasterCapacity(v, task, pool) - arriving;
      return exceeds(v.pools.waiting(pool) * speedFor(v, task, pool), spare);
    }),
  );

/** Work that has come in a second, on average since the run began. */
const meanArriving = ({ time, pools }: DecisionView, pool: number): number =>
  time > 0 ? pools.arrivedWork(pool) / time : 0;
