import { assert } from "../../kit/assert.js";
import { SequentialStream } from "../../kit/sequential-stream.js";
import { emptyObservation, type Observation, type Step } from "../environment.js";
import type { SolvedEnvironment } from "./solved-environment.js";

const FIRST = 2;
const SECOND = 3;
/** Seconds between the two decisions. */
const BETWEEN = 2;

/**
 * Two kinds of decision in turn, of different widths: name one of two, two seconds later one of three, and get 1 if both
 * were right. Only the second is paid, so that the first head learns from what the second one's value says.
 */
export function twoKinds(): SolvedEnvironment {
  const spaces = [
    { name: "first", context: FIRST, candidate: FIRST },
    // What is wanted, and whether the first was right.
    { name: "second", context: SECOND + 1, candidate: SECOND },
  ];
  const observation = emptyObservation(spaces, SECOND);
  const result: Step = { observation, reward: 0, elapsed: 0, terminated: false, truncated: false };
  let stream: SequentialStream | null = null;
  let wanted = 0;
  let right = false;

  const observe = (head: number, count: number): void => {
    wanted = stream!.integer(count);
    unitVectors(observation, head, count);
    observation.context.fill(0);
    observation.context[wanted] = 1;
    if (head === 1) observation.context[SECOND] = right ? 1 : 0;
  };

  return {
    spaces,
    continuing: false,
    reset(seed) {
      stream = new SequentialStream(`two-kinds/${seed}`);
      observe(0, FIRST);
      return observation;
    },
    step(action) {
      assert(stream !== null, "an episode that has ended is reset before the next step");
      assert(action >= 0 && action < observation.count, `there is no candidate ${action}`);
      const first = observation.head === 0;
      result.elapsed = first ? BETWEEN : 0;
      result.terminated = !first;
      result.reward = !first && right && action === wanted ? 1 : 0;
      if (first) {
        right = action === wanted;
        observe(1, SECOND);
      } else stream = null;
      return result;
    },
    solution(horizon) {
      if (observation.head === 0) return { best: [wanted], value: Math.exp(-BETWEEN / horizon) };
      return right ? { best: [wanted], value: 1 } : { best: [0, 1, 2], value: 0 };
    },
  };
}

/** Candidate i is told by its number alone. */
function unitVectors(observation: Observation, head: number, count: number): void {
  observation.head = head;
  observation.count = count;
  observation.mask.fill(1);
  observation.candidates.fill(0);
  for (let i = 0; i < count; i++) observation.candidates[i * count + i] = 1;
}
