import type { PlainState, Stateful } from "../kit/plain-state.js";

/** A cache of numbered blocks; the least recently used goes first. A map keeps the order in which its keys were put in. */
export class BlockCache implements Stateful {
  private readonly blocks = new Map<number, null>();

  constructor(private readonly capacity: number) {}

  /** How many of `count` blocks from `first` on are held, before the first that is not: a prefix is of no use beyond it. */
  held(first: number, count: number): number {
    let hits = 0;
    while (hits < count && this.blocks.has(first + hits)) hits++;
    return hits;
  }

  /** Uses the blocks: what was not held is afterwards. @returns how many were held, as `held` */
  use(first: number, count: number): number {
    const hits = this.held(first, count);
    // The last block first, so that a prefix outlives what follows it.
    for (let block = first + count - 1; block >= first; block--) {
      this.blocks.delete(block);
      this.blocks.set(block, null);
    }
    for (const block of this.blocks.keys()) {
      if (this.blocks.size <= this.capacity) break;
      this.blocks.delete(block);
    }
    return hits;
  }

  /** What it holds, least recently used first. */
  save(): PlainState {
    return Float64Array.from(this.blocks.keys());
  }

  restore(state: PlainState): void {
    this.blocks.clear();
    for (const block of state as Float64Array) this.blocks.set(block, null);
  }
}
