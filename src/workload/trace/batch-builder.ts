import { ListBuilder } from "./list-builder.js";
import {
  NAME_COLUMN_NAMES,
  type NameColumn,
  NUMBER_COLUMN_NAMES,
  type NumberColumn,
  type RowBatch,
} from "./row-batch.js";

/** Gathers rows of batches into batches of its own. */
export class BatchBuilder {
  rows = 0;
  private edges = 0;
  private workflow = new Int32Array(0);
  private submitted = new Float64Array(0);
  private task = new Int32Array(0);
  private afterFirst = new Int32Array(1);
  private after = new Int32Array(0);
  private numbers: Partial<Record<NumberColumn, Float64Array<ArrayBuffer>>> = {};
  private names: Partial<Record<NameColumn, Int32Array<ArrayBuffer>>> = {};
  private prefix: ListBuilder | undefined;

  /** @param capacity rows for which there is room from the start */
  constructor(private readonly capacity: number) {}

  /** Adds rows [from, to) of a batch. */
  append(batch: RowBatch, from: number, to: number): void {
    const { rows: at } = this;
    const end = at + to - from;
    if (end > this.workflow.length) this.reserve(end);
    copy(batch.workflow, from, to, this.workflow, at);
    copy(batch.submitted, from, to, this.submitted, at);
    copy(batch.task, from, to, this.task, at);
    this.appendEdges(batch, from, to);
    for (const name of NUMBER_COLUMN_NAMES) {
      const source = batch.numbers[name];
      if (source !== undefined) copy(source, from, to, this.number(name), at);
      else this.numbers[name]?.fill(Number.NaN, at, end);
    }
    for (const name of NAME_COLUMN_NAMES) {
      const source = batch.names[name];
      if (source !== undefined) copy(source, from, to, this.name(name), at);
      else this.names[name]?.fill(-1, at, end);
    }
    if (batch.prefix !== undefined) this.prefix ??= new ListBuilder(at);
    this.prefix?.append(batch.prefix, from, to);
    this.rows = end;
  }

  /** The number of the workflow of the last row; NaN where there is none. */
  get lastWorkflow(): number {
    return this.rows > 0 ? this.workflow[this.rows - 1]! : Number.NaN;
  }

  /** The rows gathered, which are then forgotten. */
  take(): RowBatch {
    const { rows, edges } = this;
    const cut = <K extends string, T extends Int32Array | Float64Array>(columns: Partial<Record<K, T>>) =>
      Object.fromEntries(
        Object.entries<T>(columns as Record<string, T>).map(([name, column]) => [
          name,
          column.subarray(0, rows),
        ]),
      ) as Partial<Record<K, T>>;
    const batch: RowBatch = {
      rows,
      workflow: this.workflow.subarray(0, rows),
      submitted: this.submitted.subarray(0, rows),
      task: this.task.subarray(0, rows),
      afterFirst: this.afterFirst.subarray(0, rows + 1),
      after: this.after.subarray(0, edges),
      numbers: cut<NumberColumn, Float64Array>(this.numbers),
      names: cut<NameColumn, Int32Array>(this.names),
      prefix: this.prefix?.column(),
    };
    this.rows = 0;
    this.edges = 0;
    this.workflow = new Int32Array(0);
    this.submitted = new Float64Array(0);
    this.task = new Int32Array(0);
    this.afterFirst = new Int32Array(1);
    this.after = new Int32Array(0);
    this.numbers = {};
    this.names = {};
    this.prefix = undefined;
    return batch;
  }

  private appendEdges({ afterFirst, after }: RowBatch, from: number, to: number): void {
    const base = afterFirst[from]!;
    const shift = this.edges - base;
    const last = afterFirst[to]!;
    if (last + shift > this.after.length) {
      this.after = wider(this.after, Math.max(last + shift, this.after.length * 2, this.capacity));
    }
    copy(after, base, last, this.after, this.edges);
    for (let row = from, at = this.rows + 1; row < to; row++, at++) {
      this.afterFirst[at] = afterFirst[row + 1]! + shift;
    }
    this.edges = last + shift;
  }

  private number(name: NumberColumn): Float64Array {
    return (this.numbers[name] ??= new Float64Array(this.workflow.length).fill(Number.NaN, 0, this.rows));
  }

  private name(name: NameColumn): Int32Array {
    return (this.names[name] ??= new Int32Array(this.workflow.length).fill(-1, 0, this.rows));
  }

  private reserve(rows: number): void {
    const room = Math.max(rows, this.workflow.length * 2, this.capacity);
    this.workflow = wider(this.workflow, room);
    this.submitted = wider(this.submitted, room);
    this.task = wider(this.task, room);
    this.afterFirst = wider(this.afterFirst, room + 1);
    for (const name of NUMBER_COLUMN_NAMES) {
      if (this.numbers[name] !== undefined) this.numbers[name] = wider(this.numbers[name], room);
    }
    for (const name of NAME_COLUMN_NAMES) {
      if (this.names[name] !== undefined) this.names[name] = wider(this.names[name], room);
    }
  }
}

type Column = Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

function wider<T extends Column>(column: T, length: number): T {
  const larger = new (column.constructor as new (length: number) => T)(length);
  larger.set(column);
  return larger;
}

/** A view costs more to make than a few values to copy. */
const FEW = 64;

function copy<T extends Int32Array | Float64Array>(
  source: T,
  from: number,
  to: number,
  target: T,
  at: number,
): void {
  if (to - from > FEW) target.set(source.subarray(from, to), at);
  else for (let i = from; i < to; i++) target[at + i - from] = source[i]!;
}
