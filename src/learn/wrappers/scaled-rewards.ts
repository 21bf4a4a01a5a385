import type { Environment, Step } from "../environment.js";
import type { Wrapper } from "./wrap.js";

/** How rewards are brought to another unit; what is left out changes nothing. */
export interface RewardUnit {
  /** Taken off each second: the average, where a task goes on for ever (differential rewards). */
  readonly centre?: number;
  /** Rewards are multiplied by it. */
  readonly scale?: number;
  /** They are then kept within [-clip, clip]. */
  readonly clip?: number;
}

/** Rewards in another unit: (reward - centre x seconds) x scale, clipped. */
export function scaledRewards({
  centre = 0,
  scale = 1,
  clip = Number.POSITIVE_INFINITY,
}: RewardUnit): Wrapper {
  return (environment: Environment): Environment => ({
    spaces: environment.spaces,
    continuing: environment.continuing,
    reset: (seed) => environment.reset(seed),
    step(action): Step {
      const step = environment.step(action);
      const reward = (step.reward - centre * step.elapsed) * scale;
      return { ...step, reward: Math.min(clip, Math.max(-clip, reward)) };
    },
  });
}
