import type { Trajectory } from "./gae.js";

/** All of its state as plain JSON. */
export interface SavedRegenerativeRate {
  readonly reward: number;
  readonly seconds: number;
  /** By environment. */
  readonly weights: readonly number[];
}

/** How much of the cycles before a rollout still counts with the next. */
const MEMORY = 0.9;

/**
 * The reward a second that is worth as much as a run from its regeneration state, where both are discounted: over cycles from one
 * regeneration to the next, E[sum of discounted rewards] / E[sum of discounted seconds] ("present discounted value of the regeneration
 * state": Dai and Gluzman 2022, section 4.2; without discounting the average reward, Cooper, Henderson and Lewis 2003). Less that, a
 * state's discounted rewards up to the next regeneration are its value relative to the regeneration state: what comes after them
 * is worth nothing in the mean, and no longer adds to the noise.
 *
 * A cycle may go on over several rollouts; one that its episode cuts short counts as far as it went.
 */
export class RegenerativeRate {
  private reward = 0;
  private seconds = 0;
  /** What a reward weighs now in the cycle of each environment. An episode begins as a cycle does. */
  private readonly weights: Float64Array;

  constructor(environments: number) {
    this.weights = new Float64Array(environments).fill(1);
  }

  /** Reward a second; 0 before anything was seen. */
  get value(): number {
    return this.seconds > 0 ? this.reward / this.seconds : 0;
  }

  /** A new rollout begins. */
  fade(): void {
    this.reward *= MEMORY;
    this.seconds *= MEMORY;
  }

  /** An environment went on by some steps. @param elapsed seconds of each */
  add(
    environment: number,
    { rewards, discounts, terminated, truncated, regenerated }: Trajectory,
    elapsed: Float64Array,
  ): void {
    let weight = this.weights[environment]!;
    for (let i = 0; i < rewards.length; i++) {
      this.reward += weight * rewards[i]!;
      this.seconds += weight * elapsed[i]!;
      const ends = terminated[i] || truncated[i] || regenerated?.[i];
      weight = ends ? 1 : weight * discounts[i]!;
    }
    this.weights[environment] = weight;
  }

  save(): SavedRegenerativeRate {
    return { reward: this.reward, seconds: this.seconds, weights: [...this.weights] };
  }

  load({ reward, seconds, weights }: SavedRegenerativeRate): void {
    this.reward = reward;
    this.seconds = seconds;
    this.weights.set(weights);
  }
}
