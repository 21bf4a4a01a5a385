import type { PlainState, Stateful } from "./plain-state.js";

type Column = Uint8Array | Int32Array | Float32Array | Float64Array;

/** Columns of one block, by name; as long as each other. */
type Columns = Readonly<Record<string, Column>>;

/** Rows of the first block; each block after it has twice as many as the one before, up to the most. */
const FEWEST = 256;
const MOST = 65_536;

/**
 * A table that only grows, in blocks of columns: nothing is ever moved, and a row asks for room once, however many columns it
 * has. Take a row, then write it into the block:
 *
 *     const row = table.add();
 *     table.block.time[row] = now;
 */
export class RowTable<Block extends Columns = Columns> implements Stateful {
  /** Where the row that `add` answered last is to be written. */
  block: Block;
  private room = FEWEST;
  private used = 0;
  private readonly full: Block[] = [];

  /** @param columns a block of so many rows, all zero; always with the same columns, in the same order */
  constructor(private readonly columns: (rows: number) => Block) {
    this.block = columns(FEWEST);
  }

  /** A new row's index in `block`; it is zero until it is written. */
  add(): number {
    if (this.used === this.room) this.open();
    return this.used++;
  }

  private open(): void {
    this.full.push(this.block);
    this.room = Math.min(2 * this.room, MOST);
    this.block = this.columns(this.room);
    this.used = 0;
  }

  /** Rows so far. */
  get length(): number {
    let length = this.used;
    for (const block of this.full) length += rowsOf(block);
    return length;
  }

  get names(): string[] {
    return Object.keys(this.block);
  }

  /** A copy of a whole column. However narrow they are kept, whole numbers come as Int32, and others as Float64. */
  column(name: keyof Block & string): Int32Array | Float64Array {
    const last = this.block[name]!;
    const real = last instanceof Float64Array || last instanceof Float32Array;
    const whole = new (real ? Float64Array : Int32Array)(this.length);
    let at = 0;
    for (const block of this.full) {
      whole.set(block[name]!, at);
      at += block[name]!.length;
    }
    whole.set(last.subarray(0, this.used), at);
    return whole;
  }

  save(): PlainState {
    return Object.fromEntries(this.names.map((name) => [name, this.column(name)]));
  }

  restore(state: PlainState): void {
    const saved = state as Columns;
    const restored = this.columns(rowsOf(saved));
    for (const name of this.names) restored[name]!.set(saved[name]!);
    this.full.splice(0, this.full.length, restored);
    this.room = FEWEST;
    this.block = this.columns(FEWEST);
    this.used = 0;
  }
}

const rowsOf = (block: Columns): number => Object.values(block)[0]!.length;
