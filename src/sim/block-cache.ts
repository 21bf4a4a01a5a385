import type { PlainState, Stateful } from "../kit/plain-state.js";

/** A cache of numbered blocks; the least recently used goes first. A map keeps the order in which its keys were put in. */
export class BlockCache implements Stateful {
  private readonly blocks = new Map<number, null>();

  constructor(private readonly capacity: number) {}

  /** How many of the blocks are held, before the first that is not: a prefix is of no use beyond it. */
  held(blocks: Iterable<number>): number {
    let hits = 0;
    for (const block of blocks) {
      if (!this.blocks.has(block)) break;
      hits++;
    }
    return hits;
  }

  /** Uses the blocks: what was not held is afterwards. @returns how many were held, as `held` */
  use(blocks: ArrayLike<number> & Iterable<number>): number {
    const hits = this.held(blocks);
    // The last block first, so that a prefix outlives what follows it.
    for (let i = blocks.length - 1; i >= 0; i--) {
      this.blocks.delete(blocks[i]!);
      this.blocks.set(blocks[i]!, null);
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
