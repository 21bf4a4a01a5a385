import type { Step } from "./environment.js";
import { RunningMoments } from "./running-moments.js";

/**
 * Rewards to units of about 1, as what was seen when looking around says: centred on their rate where the task goes on
 * for ever, over the deviation of their discounted sums.
 */
export class RewardScale {
  /** What a reward of 1 is in units of the rewards as they come. */
  unit = 1;
  /** Taken off each second; 0 where the task ends. */
  centre = 0;
  private readonly seen: { reward: number; elapsed: number; over: boolean }[] = [];

  constructor(
    private readonly continuing: boolean,
    private readonly horizon: number,
  ) {}

  look({ reward, elapsed, terminated, truncated }: Step): void {
    this.seen.push({ reward, elapsed, over: terminated || truncated });
  }

  settle(): void {
    const { seen, horizon } = this;
    const total = (of: (step: (typeof seen)[number]) => number) =>
      seen.reduce((sum, step) => sum + of(step), 0);
    const seconds = total((step) => step.elapsed);
    this.centre = this.continuing && seconds > 0 ? total((step) => step.reward) / seconds : 0;
    const sums = new RunningMoments(1);
    const running = new Float64Array(1);
    for (const { reward, elapsed, over } of seen) {
      running[0] = running[0]! * Math.exp(-elapsed / horizon) + reward - this.centre * elapsed;
      sums.add(running, 0, 1);
      if (over) running[0] = 0;
    }
    this.unit = Math.sqrt(sums.m2[0]! / sums.count) || 1;
    seen.length = 0;
  }

  of(reward: number, elapsed: number): number {
    return (reward - this.centre * elapsed) / this.unit;
  }

  /** As it stands once it has settled: plain JSON. */
  save(): SavedRewardScale {
    return { unit: this.unit, centre: this.centre };
  }

  load({ unit, centre }: SavedRewardScale): void {
    this.unit = unit;
    this.centre = centre;
  }
}

export interface SavedRewardScale {
  readonly unit: number;
  readonly centre: number;
}
