import type { Observation } from "./environment.js";
import type { ObservationNumbers } from "./observation-numbers.js";
import type { Transition } from "./replay-memory.js";

interface RecentStep {
  readonly observation: Observation;
  readonly action: number;
  readonly reward: number;
  readonly discount: number;
}

/** Steps as plain JSON; `observation` is a number of the observations that are saved beside them. */
export type SavedSteps = readonly (Omit<RecentStep, "observation"> & { readonly observation: number })[];

/** The last few steps of an episode, from which returns of several steps are made. */
export class RecentSteps {
  private steps: RecentStep[] = [];

  constructor(private readonly most: number) {}

  add(step: RecentStep): void {
    this.steps.push(step);
  }

  /** Gives what is whole: a return of `most` steps, or at an episode's end all that are left, each to its end. */
  flush(
    { terminated, truncated, next }: { terminated: boolean; truncated: boolean; next: Observation },
    give: (transition: Transition) => void,
  ): void {
    const over = terminated || truncated;
    while (this.steps.length >= (over ? 1 : this.most)) {
      const [{ observation, action }] = this.steps as [RecentStep];
      let reward = 0;
      let discount = 1;
      for (const step of this.steps) {
        reward += discount * step.reward;
        discount *= step.discount;
      }
      // What ended has no future; what was cut has one, and `next` is where.
      give({ observation, action, reward, discount: terminated ? 0 : discount, next });
      this.steps.shift();
    }
  }
  save(numbers: ObservationNumbers): SavedSteps {
    return this.steps.map((step) => ({ ...step, observation: numbers.of(step.observation) }));
  }

  load(steps: SavedSteps, observations: readonly Observation[]): void {
    this.steps = steps.map((step) => ({ ...step, observation: observations[step.observation]! }));
  }
}
