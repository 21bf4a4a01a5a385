import { type PackedColumn, pack, unpack } from "./packed-column.js";
import type { PlainState, Stateful } from "./plain-state.js";

/** Columns by name, all of the same length. */
type Block = Readonly<Record<string, Int32Array | Float64Array>>;

/**
 * Rows of the first block; each after it has twice as many as the one before, up to the most. A block that is written over and
 * over stays in the processor's cache.
 */
const FEWEST = 256;
const MOST = 4096;

interface PackedBlock {
  readonly rows: number;
  readonly columns: Readonly<Record<string, PackedColumn>>;
}

/**
 * A table that only grows. A row asks for room once, however many columns it has. Take a row, then write all of it:
 *
 *     const row = table.add();
 *     table.block.time[row] = now;
 *
 * A block that is full is packed and its columns written over: nothing is moved again, and a row takes few bytes. Memory
 * is time here: V8 collects garbage the more often, the faster memory outside of its heap grows.
 */
export class RowTable<B extends Block = Block> implements Stateful {
  /** Where the row that `add` answered last is to be written. */
  block: B;
  private room = FEWEST;
  private used = 0;
  private packed: PackedBlock[] = [];

  /** @param blockOf makes a block of so many rows: always the same columns in the same order */
  constructor(private readonly blockOf: (rows: number) => B) {
    this.block = blockOf(FEWEST);
  }

  /** A new row's index in `block`. What is in it is another's, until it is written. */
  add(): number {
    if (this.used === this.room) this.turn();
    return this.used++;
  }

  private turn(): void {
    this.packed.push({ rows: this.used, columns: packAll(this.block) });
    this.used = 0;
    if (this.room === MOST) return;
    this.room *= 2;
    this.block = this.blockOf(this.room);
  }

  /** Rows so far. */
  get length(): number {
    return this.packed.reduce((length, { rows }) => length + rows, this.used);
  }

  get names(): string[] {
    return Object.keys(this.block);
  }

  /** A copy of a whole column. */
  column(name: keyof B & string): Int32Array | Float64Array {
    const last = this.block[name]!;
    const whole = new (last instanceof Float64Array ? Float64Array : Int32Array)(this.length);
    let at = 0;
    for (const { rows, columns } of this.packed) {
      unpack(columns[name]!, whole.subarray(at, at + rows));
      at += rows;
    }
    whole.set(last.subarray(0, this.used), at);
    return whole;
  }

  save(): PlainState {
    return Object.fromEntries(this.names.map((name) => [name, this.column(name)]));
  }

  restore(state: PlainState): void {
    const columns = Object.entries(state as Block).map(([name, values]) => [name, values.slice()] as const);
    const rows = columns[0]![1].length;
    this.packed = rows === 0 ? [] : [{ rows, columns: packAll(Object.fromEntries(columns)) }];
    this.used = 0;
  }
}

const packAll = (block: Block): PackedBlock["columns"] =>
  Object.fromEntries(Object.entries(block).map(([name, values]) => [name, pack(values)]));
