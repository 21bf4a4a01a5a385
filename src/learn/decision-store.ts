import type { Batch } from "../policy/runtime/network/index.js";
import type { Observation, Space } from "./environment.js";

/** Decisions of one head as ragged columns that are filled, learned from and cleared: no object a decision. */
export class DecisionStore implements Batch {
  size = 0;
  contexts = new Float32Array(0);
  candidates = new Float32Array(0);
  offsets = new Int32Array(1);
  mask = new Uint8Array(0);
  /** Candidate that was taken. */
  actions = new Int32Array(0);
  /** Log-probability with which it was taken. */
  logProbs = new Float64Array(0);
  /** Where the decision stands in the rollout's columns. */
  places = new Int32Array(0);

  constructor(private readonly space: Space) {}

  clear(): void {
    this.size = 0;
  }

  get rows(): number {
    return this.offsets[this.size]!;
  }

  /** Copies an observation in. @returns its index */
  add({ context, candidates, mask, count }: Observation): number {
    const { space } = this;
    const index = this.size;
    const row = this.offsets[index]!;
    this.reserve(index + 1, row + count);
    for (let f = 0, at = index * space.context; f < space.context; f++) this.contexts[at + f] = context[f]!;
    const numbers = count * space.candidate;
    for (let f = 0, at = row * space.candidate; f < numbers; f++) this.candidates[at + f] = candidates[f]!;
    for (let i = 0; i < count; i++) this.mask[row + i] = mask[i]!;
    this.offsets[index + 1] = row + count;
    this.size = index + 1;
    return index;
  }

  /** Copies decision `index` of another store of the same space in, with what was done. */
  addFrom(other: DecisionStore, index: number): void {
    const { space } = this;
    const to = this.size;
    const row = this.offsets[to]!;
    const from = other.offsets[index]!;
    const end = other.offsets[index + 1]!;
    const count = end - from;
    this.reserve(to + 1, row + count);
    for (let f = 0; f < space.context; f++) {
      this.contexts[to * space.context + f] = other.contexts[index * space.context + f]!;
    }
    const numbers = count * space.candidate;
    for (let f = 0; f < numbers; f++) {
      this.candidates[row * space.candidate + f] = other.candidates[from * space.candidate + f]!;
    }
    for (let i = 0; i < count; i++) this.mask[row + i] = other.mask[from + i]!;
    this.offsets[to + 1] = row + count;
    this.actions[to] = other.actions[index]!;
    this.logProbs[to] = other.logProbs[index]!;
    this.places[to] = other.places[index]!;
    this.size = to + 1;
  }

  private reserve(size: number, rows: number): void {
    const { space } = this;
    if (size > this.actions.length) {
      const capacity = Math.max(64, size * 2);
      this.contexts = widened(this.contexts, new Float32Array(capacity * space.context));
      this.offsets = widened(this.offsets, new Int32Array(capacity + 1));
      this.actions = widened(this.actions, new Int32Array(capacity));
      this.logProbs = widened(this.logProbs, new Float64Array(capacity));
      this.places = widened(this.places, new Int32Array(capacity));
    }
    if (rows > this.mask.length) {
      const capacity = Math.max(256, rows * 2);
      this.candidates = widened(this.candidates, new Float32Array(capacity * space.candidate));
      this.mask = widened(this.mask, new Uint8Array(capacity));
    }
  }
}

function widened<T extends Float32Array | Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
