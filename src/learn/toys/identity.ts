import { assert } from "../../kit/assert.js";
import { SequentialStream } from "../../kit/sequential-stream.js";
import { emptyObservation, type Step } from "../environment.js";
import type { SolvedEnvironment } from "./solved-environment.js";

/** Probability that a wrong candidate is masked. */
const MASKED = 0.3;

/**
 * Observe one of `labels`, take the candidate of the same label: 1 for it, 0 for another. Candidates come in any order,
 * and some of the wrong ones are masked. Each step takes a second; an episode is cut after `length` steps. Learners that
 * mix up candidates, forget the mask or take a cut for an end are found out here. After the identity environments of
 * Stable-Baselines3.
 */
export function identity({ labels = 4, length = 8 } = {}): SolvedEnvironment {
  const space = { name: "identity", context: labels, candidate: labels };
  const observation = emptyObservation([space], labels);
  const result: Step = { observation, reward: 0, elapsed: 1, terminated: false, truncated: false };
  /** Label of each candidate. */
  const label = Array.from({ length: labels }, (_, i) => i);
  let stream = new SequentialStream("identity");
  let wanted = 0;
  let left = 0;

  const observe = (): void => {
    const { context, candidates, mask } = observation;
    wanted = stream.integer(labels);
    context.fill(0);
    context[wanted] = 1;
    for (let i = labels - 1; i > 0; i--) {
      const j = stream.integer(i + 1);
      [label[i], label[j]] = [label[j]!, label[i]!];
    }
    candidates.fill(0);
    for (let i = 0; i < labels; i++) {
      candidates[i * labels + label[i]!] = 1;
      mask[i] = stream.next() < MASKED && label[i] !== wanted ? 0 : 1;
    }
    observation.count = labels;
  };

  return {
    spaces: [space],
    continuing: false,
    reset(seed) {
      stream = new SequentialStream(`identity/${seed}`);
      label.sort((a, b) => a - b);
      left = length;
      observe();
      return observation;
    },
    step(action) {
      assert(left > 0, "an episode that has ended is reset before the next step");
      assert(observation.mask[action] === 1, `candidate ${action} is masked`);
      result.reward = label[action] === wanted ? 1 : 0;
      result.truncated = --left === 0;
      observe();
      return result;
    },
    solution: (horizon) => ({ best: [label.indexOf(wanted)], value: 1 / (1 - Math.exp(-1 / horizon)) }),
  };
}
