import { assert } from "../kit/assert.js";
import {
  type Environment,
  kept,
  type Observation,
  requireSameSpaces,
  type Space,
  type Step,
} from "./environment.js";
import { Episodes } from "./episodes.js";

/** A step of one of several environments. Where its episode is over, `observation` is the first of the next one. */
export interface VectorStep extends Omit<Step, "observation"> {
  readonly observation: Observation;
  /** Where the episode was cut: the situation in which that happened. Null where it went on, or ended of itself. */
  readonly cutAt: Observation | null;
}

/**
 * Several environments in step, each of which begins anew when its episode is over: for learners that ask a network for all of
 * them at once. The same seeds and actions give the same steps, whatever their number.
 */
export class VectorEnvironment {
  private readonly members: readonly Episodes[];

  /**
   * @param make the e-th of them: they may be different worlds, but of the same spaces
   * @param seedOf seed of the n-th episode of an environment
   */
  constructor(
    make: (environment: number) => Environment,
    count: number,
    seedOf: (environment: number, episode: number) => number,
  ) {
    assert(Number.isInteger(count) && count >= 1, `at least one environment, got ${count}`);
    this.members = Array.from({ length: count }, (_, e) => new Episodes(make(e), (n) => seedOf(e, n)));
    requireSameSpaces(this.members.map(({ environment }) => environment));
  }

  get spaces(): readonly Space[] {
    return this.members[0]!.environment.spaces;
  }

  /** Where each stands: its environment's own observation, which its next step overwrites. */
  get observations(): readonly Observation[] {
    return this.members.map(({ observation }) => observation);
  }

  /** @param actions a candidate for each */
  step(actions: ArrayLike<number>): readonly VectorStep[] {
    const { members, spaces } = this;
    assert(actions.length === members.length, `${members.length} actions, got ${actions.length}`);
    return members.map((member, e) => {
      const { reward, elapsed, terminated, truncated, observation } = member.step(actions[e]!);
      // A copy: the next episode may begin in the same memory.
      const cutAt = truncated ? kept(observation, spaces[observation.head]!) : null;
      if (terminated || truncated) member.begin();
      return { reward, elapsed, terminated, truncated, observation: member.observation, cutAt };
    });
  }
}
