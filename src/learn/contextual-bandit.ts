import type { SequentialStream } from "../kit/sequential-stream.js";
import { type Environment, kept, type Observation, type Space } from "./environment.js";

/**
 * A contextual bandit with candidates for arms: it sees a decision, takes a candidate, and hears what that alone was
 * worth. It looks no further: where a decision changes what comes, give it rewards that say so.
 */
export interface ContextualBandit {
  readonly name: string;
  /** An allowed candidate, with exploration. */
  choose(observation: Observation): number;
  /** An allowed candidate, the best as far as known; of equals the first. */
  best(observation: Observation): number;
  /** What candidate `action` of the observation was worth. The observation is as it was when it was chosen. */
  learn(observation: Observation, action: number, reward: number): void;
}

/**
 * What a linear bandit makes of a candidate: [1, candidate, context x candidate], so that what a feature of a candidate is
 * worth may depend on the situation. Of C by F features, 1 + F + C F numbers; `plain` leaves the products out.
 */
export class PairFeatures {
  readonly width: number;
  /** [count, width], of the last observation. */
  rows = new Float64Array(0);

  constructor(
    private readonly space: Space,
    private readonly plain = false,
  ) {
    const { context, candidate } = space;
    this.width = plain ? candidate : 1 + candidate + context * candidate;
  }

  of({ context, candidates, count }: Observation): Float64Array {
    const { width, space, plain } = this;
    if (this.rows.length < count * width) this.rows = new Float64Array(2 * count * width);
    const { rows } = this;
    for (let i = 0, at = 0; i < count; i++) {
      const from = i * space.candidate;
      if (!plain) rows[at++] = 1;
      for (let f = 0; f < space.candidate; f++) rows[at++] = candidates[from + f]!;
      if (plain) continue;
      for (let c = 0; c < space.context; c++) {
        for (let f = 0; f < space.candidate; f++) rows[at++] = context[c]! * candidates[from + f]!;
      }
    }
    return rows;
  }
}

/** The allowed candidate of the greatest score; of equals the first. */
export function bestAllowed({ count, mask }: Observation, score: (candidate: number) => number): number {
  let best = -1;
  let most = 0;
  for (let i = 0; i < count; i++) {
    if (mask[i] !== 1) continue;
    const value = score(i);
    if (best >= 0 && !(value > most)) continue;
    best = i;
    most = value;
  }
  return best;
}

/** An allowed candidate, uniformly. */
export function anyAllowed({ count, mask }: Observation, stream: SequentialStream): number {
  let chosen = -1;
  for (let i = 0, seen = 0; i < count; i++) if (mask[i] === 1 && stream.next() * ++seen < 1) chosen = i;
  return chosen;
}

export interface BanditRun {
  /** Mean reward of the steps. */
  readonly reward: number;
  /** Rewards in order [steps]. */
  readonly rewards: Float64Array;
}

/**
 * Plays a bandit for some steps of an environment with one kind of decision; it learns from each step's reward.
 * @param episodeSeed seed of the n-th episode
 */
export function playBandit(
  bandit: ContextualBandit,
  environment: Environment,
  steps: number,
  episodeSeed: (episode: number) => number,
): BanditRun {
  const rewards = new Float64Array(steps);
  let episode = 0;
  let observation = environment.reset(episodeSeed(episode));
  let total = 0;
  for (let n = 0; n < steps; n++) {
    const seen = kept(observation, environment.spaces[0]!);
    const action = bandit.choose(seen);
    const step = environment.step(action);
    bandit.learn(seen, action, step.reward);
    rewards[n] = step.reward;
    total += step.reward;
    observation =
      step.terminated || step.truncated ? environment.reset(episodeSeed(++episode)) : step.observation;
  }
  return { reward: total / steps, rewards };
}
