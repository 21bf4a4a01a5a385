import { assert } from "../../kit/assert.js";
import type { Environment, Step } from "../environment.js";
import type { Wrapper } from "./wrap.js";

/**
 * Cuts episodes at their first decision at or after so many seconds. It is a cut, not an end: the future goes on, elsewhere
 * (Pardo et al. 2018, "Time limits in reinforcement learning").
 */
export function timeLimit(seconds: number): Wrapper {
  assert(seconds > 0, `a time limit is above 0 s, got ${seconds}`);
  return (environment: Environment): Environment => {
    let left = seconds;
    return {
      spaces: environment.spaces,
      continuing: environment.continuing,
      reset(seed) {
        left = seconds;
        return environment.reset(seed);
      },
      step(action): Step {
        const step = environment.step(action);
        left -= step.elapsed;
        return { ...step, truncated: !step.terminated && (step.truncated || left <= 0) };
      },
    };
  };
}
