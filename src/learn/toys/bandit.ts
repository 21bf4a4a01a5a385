import { assert } from "../../kit/assert.js";
import { SequentialStream } from "../../kit/sequential-stream.js";
import { emptyObservation, type Step } from "../environment.js";
import type { SolvedEnvironment } from "./solved-environment.js";

/**
 * One pull of one of several arms: arm i pays uniformly within `spread` of `means[i]`. Every episode terminates with its
 * first step, so that the value is the mean of the best arm, whatever the horizon.
 */
export function bandit({
  means = [0.2, 1, 0.6],
  spread = 0.5,
}: {
  readonly means?: readonly number[];
  readonly spread?: number;
} = {}): SolvedEnvironment {
  const arms = means.length;
  const space = { name: "bandit", context: 0, candidate: arms };
  const observation = emptyObservation([space], arms);
  const { candidates, mask } = observation;
  for (let i = 0; i < arms; i++) candidates[i * arms + i] = 1;
  mask.fill(1);
  observation.count = arms;
  const result: Step = { observation, reward: 0, elapsed: 1, terminated: true, truncated: false };
  const most = Math.max(...means);
  const best = means.flatMap((mean, i) => (mean === most ? [i] : []));
  let stream: SequentialStream | null = null;

  return {
    spaces: [space],
    continuing: false,
    reset(seed) {
      stream = new SequentialStream(`bandit/${seed}`);
      return observation;
    },
    step(action) {
      assert(stream !== null, "an episode that has ended is reset before the next step");
      assert(action >= 0 && action < arms, `there is no arm ${action}`);
      result.reward = means[action]! + spread * (2 * stream.next() - 1);
      stream = null;
      return result;
    },
    solution: () => ({ best, value: most }),
  };
}
