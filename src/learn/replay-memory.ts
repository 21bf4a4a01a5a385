import { assert } from "../kit/assert.js";
import type { SequentialStream } from "../kit/sequential-stream.js";
import type { Observation } from "./environment.js";
import type { ObservationNumbers } from "./observation-numbers.js";

/** Some steps from one decision to another. */
export interface Transition {
  readonly observation: Observation;
  readonly action: number;
  /** Rewards between, discounted to the first decision. */
  readonly reward: number;
  /** What a reward at the second decision weighs at the first; 0 where the episode ended between. */
  readonly discount: number;
  /** The second decision; not to be read where the episode ended between. */
  readonly next: Observation;
}

/** A memory as plain JSON, columns by place; observations are numbers of those that are saved beside it. */
export interface SavedMemory {
  readonly newest: number;
  readonly greatest: number;
  readonly observation: readonly number[];
  readonly action: readonly number[];
  readonly reward: readonly number[];
  readonly discount: readonly number[];
  readonly next: readonly number[];
  readonly priority: readonly number[];
}

/**
 * Transitions that are learned from more than once, the oldest forgotten first. They are drawn in proportion to their
 * priorities (Schaul, Quan, Antonoglou and Silver 2016, "Prioritized experience replay", section 3.3), over a tree of
 * sums: a draw and a change cost log2(capacity). All alike, the draws are uniform.
 */
export class ReplayMemory {
  private readonly past: Transition[] = [];
  /** A binary heap of sums: leaf i at leaves + i, the sum of all at 1. */
  private readonly sums: Float64Array;
  private readonly leaves: number;
  private newest = -1;
  private greatest = 1;

  constructor(readonly capacity: number) {
    assert(Number.isInteger(capacity) && capacity >= 1, `a memory holds at least one, got ${capacity}`);
    this.leaves = 2 ** Math.ceil(Math.log2(capacity));
    this.sums = new Float64Array(2 * this.leaves);
  }

  get size(): number {
    return this.past.length;
  }

  /** With the greatest priority so far, so that everything is learned from once at least. */
  add(transition: Transition): void {
    this.newest = (this.newest + 1) % this.capacity;
    this.past[this.newest] = transition;
    this.prioritise(this.newest, this.greatest);
  }

  at(place: number): Transition {
    return this.past[place]!;
  }

  /** Probability that a draw is of the place. */
  probability(place: number): number {
    return this.sums[this.leaves + place]! / this.sums[1]!;
  }

  prioritise(place: number, priority: number): void {
    assert(priority > 0 && Number.isFinite(priority), `a priority is positive, got ${priority}`);
    this.greatest = Math.max(this.greatest, priority);
    const { sums } = this;
    let node = this.leaves + place;
    sums[node] = priority;
    // Sums are made anew from both children, not changed by a difference: rounding does not add up.
    for (node >>= 1; node >= 1; node >>= 1) sums[node] = sums[2 * node]! + sums[2 * node + 1]!;
  }

  /** Places of `out.length` transitions, drawn one from each of as many equal parts of the whole. */
  draw(stream: SequentialStream, out: Int32Array): void {
    const { sums, leaves } = this;
    const part = sums[1]! / out.length;
    for (let k = 0; k < out.length; k++) {
      let left = part * (k + stream.next());
      let node = 1;
      while (node < leaves) {
        node *= 2;
        if (left >= sums[node]! && sums[node + 1]! > 0) left -= sums[node++]!;
      }
      out[k] = node - leaves;
    }
  }

  save(numbers: ObservationNumbers): SavedMemory {
    const { past, newest, greatest, sums, leaves } = this;
    return {
      newest,
      greatest,
      observation: past.map(({ observation }) => numbers.of(observation)),
      action: past.map(({ action }) => action),
      reward: past.map(({ reward }) => reward),
      discount: past.map(({ discount }) => discount),
      next: past.map(({ next }) => numbers.of(next)),
      priority: past.map((_, place) => sums[leaves + place]!),
    };
  }

  load(saved: SavedMemory, observations: readonly Observation[]): void {
    this.past.length = 0;
    this.sums.fill(0);
    saved.action.forEach((action, place) => {
      this.past[place] = {
        observation: observations[saved.observation[place]!]!,
        action,
        reward: saved.reward[place]!,
        discount: saved.discount[place]!,
        next: observations[saved.next[place]!]!,
      };
      this.prioritise(place, saved.priority[place]!);
    });
    this.newest = saved.newest;
    this.greatest = saved.greatest;
  }
}
