import { BatchBuilder } from "../../trace/batch-builder.js";
import {
  type NameColumn,
  NUMBER_COLUMN_NAMES,
  type NumberColumn,
  type RowBatch,
} from "../../trace/row-batch.js";

/** Columns under the names that a mapping has for them, and those of a trace. */
const TRACE_COLUMNS: Readonly<Record<string, NumberColumn>> = {
  ready: "recordedReady",
  start: "recordedStart",
  end: "recordedEnd",
};

/** Rows of a trace that are being made, as growing columns; the last ones may still be those of an open workflow. */
export class RowStore {
  rows = 0;
  /** Of all rows together. */
  parents = 0;
  workflow = new Int32Array(0);
  task = new Int32Array(0);
  /** When the row's workflow was submitted. */
  submitted = new Float64Array(0);
  /** Numbers of the tasks' names in their workflow. */
  id = new Int32Array(0);
  line = new Int32Array(0);
  file = new Int32Array(0);
  parentFirst = new Int32Array(1);
  parent = new Int32Array(1024);
  /** Rows that are no part of the trace: pairs of begin and end, one after another. */
  private dropped: number[] = [];
  private readonly numbers = new Map<string, Float64Array<ArrayBuffer>>();
  private readonly names = new Map<NameColumn, Int32Array<ArrayBuffer>>();

  /** Makes room for so many more rows, and answers where they begin. */
  reserve(rows: number): number {
    const { length } = this.workflow;
    if (this.rows + rows > length) {
      const room = Math.max(this.rows + rows, length * 2);
      for (const name of ["workflow", "task", "id", "line", "file"] as const)
        this[name] = wider(this[name], room);
      this.submitted = wider(this.submitted, room);
      this.parentFirst = wider(this.parentFirst, room + 1);
      for (const [name, column] of this.numbers) this.numbers.set(name, wider(column, room));
      for (const [name, column] of this.names) this.names.set(name, wider(column, room));
    }
    return this.rows;
  }

  column(name: string): Float64Array<ArrayBuffer> {
    let column = this.numbers.get(name);
    if (column === undefined) {
      this.numbers.set(name, (column = new Float64Array(this.workflow.length).fill(Number.NaN)));
    }
    return column;
  }

  name(name: NameColumn): Int32Array<ArrayBuffer> {
    let column = this.names.get(name);
    if (column === undefined) this.names.set(name, (column = new Int32Array(this.workflow.length).fill(-1)));
    return column;
  }

  addParent(id: number): void {
    if (this.parents === this.parent.length) this.parent = wider(this.parent, this.parents * 2);
    this.parent[this.parents++] = id;
  }

  drop(from: number, to: number): void {
    this.dropped.push(from, to);
  }

  /** Brings rows [first, first + order.length) into another order; their parents are left to the caller. */
  permute(first: number, order: Int32Array): void {
    const columns = [this.workflow, this.task, this.id, this.line, this.file, this.submitted];
    for (const column of [...columns, ...this.numbers.values(), ...this.names.values()]) {
      const before = column.slice(first, first + order.length);
      for (let t = 0; t < order.length; t++) column[first + t] = before[order[t]!]!;
    }
  }

  /** The rows before one that are not dropped: views, which hold until `forget`. */
  batch(to: number): RowBatch {
    const numbers: Partial<Record<NumberColumn, Float64Array>> = {};
    for (const [name, column] of this.numbers) {
      const traced = TRACE_COLUMNS[name] ?? (name as NumberColumn);
      const known = column.subarray(0, to);
      if (NUMBER_COLUMN_NAMES.includes(traced) && known.some((value) => !Number.isNaN(value)))
        numbers[traced] = known;
    }
    const names: Partial<Record<NameColumn, Int32Array>> = {};
    for (const [name, column] of this.names) names[name] = column.subarray(0, to);
    const all: RowBatch = {
      rows: to,
      workflow: this.workflow.subarray(0, to),
      submitted: this.submitted.subarray(0, to),
      task: this.task.subarray(0, to),
      afterFirst: this.parentFirst.subarray(0, to + 1),
      after: this.parent.subarray(0, this.parentFirst[to]),
      numbers,
      names,
    };
    if (this.dropped.length === 0) return all;
    const builder = new BatchBuilder(to);
    let from = 0;
    for (let i = 0; i < this.dropped.length; i += 2) {
      if (this.dropped[i]! > from) builder.append(all, from, this.dropped[i]!);
      from = this.dropped[i + 1]!;
    }
    if (from < to) builder.append(all, from, to);
    return builder.take();
  }

  /** Forgets the rows before one; those after it come to the front. */
  forget(to: number): void {
    const { rows } = this;
    const columns = [this.workflow, this.task, this.id, this.line, this.file, this.submitted];
    for (const column of [...columns, ...this.numbers.values(), ...this.names.values()]) {
      column.copyWithin(0, to, rows);
    }
    const base = this.parentFirst[to]!;
    for (let row = to; row <= rows; row++) this.parentFirst[row - to] = this.parentFirst[row]! - base;
    this.parent.copyWithin(0, base, this.parents);
    this.parents -= base;
    this.rows -= to;
    this.dropped = [];
  }
}

function wider<T extends Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(column: T, length: number): T {
  const larger = new (column.constructor as new (length: number) => T)(length);
  larger.set(column);
  return larger;
}
