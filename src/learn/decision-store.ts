import type { Batch } from "../policy/runtime/network/index.js";
import type { Observation, Space } from "./environment.js";

/** Decisions of one head as ragged columns. */
export interface Decisions extends Batch {
  /** Candidate that was taken. */
  readonly actions: Int32Array;
  /** Log-probability with which it was taken. */
  readonly logProbs: Float64Array;
  /** Where the decision stands in the rollout's columns. */
  readonly places: Int32Array;
}

/** Decisions that are filled in, learned from and cleared: no object a decision. */
export class DecisionStore implements Decisions {
  size = 0;
  contexts: Float32Array = new Float32Array(0);
  candidates: Float32Array = new Float32Array(0);
  offsets: Int32Array = new Int32Array(1);
  mask: Uint8Array = new Uint8Array(0);
  actions: Int32Array = new Int32Array(0);
  logProbs: Float64Array = new Float64Array(0);
  places: Int32Array = new Int32Array(0);

  constructor(
    private readonly space: Space,
    /** Whether its columns can be posted to other threads without being copied. */
    private readonly shared = false,
  ) {}

  /** Its columns, to be posted. */
  columns(): Decisions {
    const { size, contexts, candidates, offsets, mask, actions, logProbs, places } = this;
    return { size, contexts, candidates, offsets, mask, actions, logProbs, places };
  }

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

  /** Copies the decisions order[from .. to) of another store of the same space in, with what was done. */
  gather(other: Decisions, order: Int32Array, from: number, to: number): void {
    const { context, candidate } = this.space;
    const first = this.size;
    const size = first + to - from;
    const starts = other.offsets;
    let rows = this.rows;
    for (let k = from; k < to; k++) rows += starts[order[k]! + 1]! - starts[order[k]!]!;
    this.reserve(size, rows);
    const { contexts, candidates, offsets, mask, actions, logProbs, places } = this;
    const { contexts: theirContexts, candidates: theirCandidates, mask: theirMask } = other;
    // Decisions lie scattered, and reading one waits for memory. In so short a loop the waits of many overlap; copying a whole row takes
    // so long that they would not. So the first number of each row goes before the rest.
    for (let k = from, b = first, row = offsets[first]!; k < to; k++, b++) {
      const index = order[k]!;
      const start = starts[index]!;
      actions[b] = other.actions[index]!;
      logProbs[b] = other.logProbs[index]!;
      places[b] = other.places[index]!;
      mask[row] = theirMask[start]!;
      candidates[row * candidate] = theirCandidates[start * candidate]!;
      row += starts[index + 1]! - start;
      offsets[b + 1] = row;
    }
    for (let k = from, c = first * context, row = offsets[first]!, f = row * candidate; k < to; k++) {
      const index = order[k]!;
      const start = starts[index]!;
      const end = starts[index + 1]!;
      for (let j = index * context; j < (index + 1) * context; j++) contexts[c++] = theirContexts[j]!;
      for (let j = start; j < end; j++) mask[row++] = theirMask[j]!;
      for (let j = start * candidate; j < end * candidate; j++) candidates[f++] = theirCandidates[j]!;
    }
    this.size = size;
  }

  /** Copies all decisions of another store of the same space in. */
  append(other: Decisions): void {
    const { space } = this;
    const to = this.size;
    const row = this.offsets[to]!;
    const { size } = other;
    const rows = other.offsets[size]!;
    this.reserve(to + size, row + rows);
    this.contexts.set(other.contexts.subarray(0, size * space.context), to * space.context);
    this.candidates.set(other.candidates.subarray(0, rows * space.candidate), row * space.candidate);
    this.mask.set(other.mask.subarray(0, rows), row);
    for (let b = 1; b <= size; b++) this.offsets[to + b] = row + other.offsets[b]!;
    this.actions.set(other.actions.subarray(0, size), to);
    this.logProbs.set(other.logProbs.subarray(0, size), to);
    this.places.set(other.places.subarray(0, size), to);
    this.size = to + size;
  }

  private reserve(size: number, rows: number): void {
    const { space } = this;
    const of = this.shared ? sharedBytes : ownBytes;
    if (size > this.actions.length) {
      const capacity = Math.max(64, size * 2);
      this.contexts = widened(this.contexts, new Float32Array(of(4 * capacity * space.context)));
      this.offsets = widened(this.offsets, new Int32Array(of(4 * (capacity + 1))));
      this.actions = widened(this.actions, new Int32Array(of(4 * capacity)));
      this.logProbs = widened(this.logProbs, new Float64Array(of(8 * capacity)));
      this.places = widened(this.places, new Int32Array(of(4 * capacity)));
    }
    if (rows > this.mask.length) {
      const capacity = Math.max(256, rows * 2);
      this.candidates = widened(this.candidates, new Float32Array(of(4 * capacity * space.candidate)));
      this.mask = widened(this.mask, new Uint8Array(of(capacity)));
    }
  }
}

/** What columns lie in: of this thread, or of all. */
export const ownBytes = (bytes: number): ArrayBufferLike => new ArrayBuffer(bytes);
export const sharedBytes = (bytes: number): ArrayBufferLike => new SharedArrayBuffer(bytes);

function widened<T extends Float32Array | Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
