import { assert } from "../../kit/assert.js";
import { SequentialStream } from "../../kit/sequential-stream.js";
import { emptyObservation, type Step } from "../environment.js";
import type { SolvedEnvironment } from "./solved-environment.js";

const WALK = 0;
const LEAVE = 1;

/**
 * A corridor. At place p one may walk on, which takes seconds[p], or leave with `exit` at once. Who walks on from the last
 * place gets `goal`; both end the episode. Whether the goal is worth the way depends on the time that is left, so that
 * the best play is right only for a learner that discounts by seconds, not by steps. Episodes begin anywhere.
 */
export function chain({
  seconds = [4, 1, 2, 0.5, 3],
  exit = 0.35,
  goal = 1,
}: {
  readonly seconds?: readonly number[];
  readonly exit?: number;
  readonly goal?: number;
} = {}): SolvedEnvironment {
  const places = seconds.length;
  const space = { name: "chain", context: places, candidate: 2 };
  const observation = emptyObservation([space], 2);
  observation.candidates.set([1, 0, 0, 1]);
  observation.mask.fill(1);
  observation.count = 2;
  const result: Step = { observation, reward: 0, elapsed: 0, terminated: false, truncated: false };
  let place = -1;

  const observe = (): void => {
    observation.context.fill(0);
    observation.context[place] = 1;
  };

  return {
    spaces: [space],
    continuing: false,
    reset(seed) {
      place = new SequentialStream(`chain/${seed}`).integer(places);
      observe();
      return observation;
    },
    step(action) {
      assert(place >= 0, "an episode that has ended is reset before the next step");
      assert(action === WALK || action === LEAVE, `there is no candidate ${action}`);
      result.elapsed = action === WALK ? seconds[place]! : 0;
      result.terminated = action === LEAVE || place === places - 1;
      if (!result.terminated) result.reward = 0;
      else result.reward = action === LEAVE ? exit : goal;
      place = result.terminated ? -1 : place + 1;
      if (place >= 0) observe();
      return result;
    },
    solution(horizon) {
      let value = goal;
      let walking = goal;
      for (let p = places - 1; p >= place; p--) {
        walking = p === places - 1 ? goal : Math.exp(-seconds[p]! / horizon) * value;
        value = Math.max(exit, walking);
      }
      const best = [WALK, LEAVE].filter((action) => (action === WALK ? walking : exit) === value);
      return { best, value };
    },
  };
}
