import { InputError } from "../../../kit/errors.js";
import type { RowBatch } from "../../trace/row-batch.js";
import { reorder, topologicalOrder } from "../../trace/topological-order.js";
import type { TraceNames } from "../../trace/trace-names.js";
import { ByteNames } from "../byte-names.js";
import type { Reading } from "../format.js";
import { CellCursor, numberIn, timeIn } from "./cell-values.js";
import { type ColumnName, columnsOf, type FieldSource, type Mapping, type NumberSource } from "./mapping.js";
import { ParentLists } from "./parent-lists.js";
import { RowStore } from "./row-store.js";
import { SeenKeys } from "./seen-keys.js";
import type { TableBlock } from "./table-block.js";

/** Rows at which a batch is handed over. */
const ENOUGH_ROWS = 65_536;
/** Faults of one workflow that are told; the others are counted. */
const FAULTS_SHOWN = 10;

/** The rows of a workflow do not stand together: a `RowMapper` cannot go on. */
export class ScatteredRows extends Error {}

/**
 * Makes rows of a trace from those of a table, column by column, without an object or a text for each. Rows of a workflow
 * must stand together. A workflow whose tasks make none is left out and told to the report.
 *
 * In the batches, a workflow's `submitted` is the earliest of its rows, on the clock of the files, and NaN where none is
 * known.
 */
export class RowMapper {
  private readonly store = new RowStore();
  private readonly cursors = new Map<string, CellCursor>();
  private readonly seen = new SeenKeys();
  private readonly parents: ParentLists;
  /** Names of tasks of the workflow at hand. */
  private readonly tasks = new ByteNames();
  private readonly named: readonly NamedColumn[];
  private key = Buffer.alloc(64);
  private keyLength = -1;
  /** First row of the workflow at hand. */
  private first = 0;
  private workflows = 0;
  private rowOf = new Int32Array(64);

  /**
   * @param files names, for complaints
   * @param wantsDates whether a workflow without a submission is worth a warning
   */
  constructor(
    private readonly mapping: Mapping,
    private readonly reading: Reading,
    private readonly names: TraceNames,
    private readonly files: readonly string[],
    private readonly wantsDates: boolean,
  ) {
    const columns: readonly ColumnName[] = columnsOf(mapping);
    for (const [name, field] of Object.entries<FieldSource>(mapping.fields)) {
      const column = field.column === null ? -1 : columns.indexOf(field.column);
      this.cursors.set(name, new CellCursor(name, field, column));
    }
    this.parents = new ParentLists(this.tasks, mapping.fields.parents);
    this.named = (["template", "type", "pool", "outcome"] as const).map((name) => ({
      name,
      column: name === "pool" ? "recordedPool" : name,
      cells: new ByteNames(),
      numbers: [],
    }));
  }

  /** @throws {ScatteredRows} */
  *push(block: TableBlock): Generator<RowBatch> {
    const { cells, from } = block;
    for (const cursor of this.cursors.values()) cursor.enter(block);
    const rows = cells.records - from;
    const base = this.store.reserve(rows);
    for (let r = 0; r < rows; r++) {
      this.store.line[base + r] = cells.line[from + r]!;
      this.store.file[base + r] = typeof block.file === "number" ? block.file : block.file[from + r]!;
    }
    this.readTimes(base, from, rows);
    this.readNumbers(base, from, rows);
    for (const column of this.named) this.readNames(column, base, from, rows);
    this.readTasks(base, from, rows);
    if (this.first >= ENOUGH_ROWS) yield* this.handOver();
  }

  *finish(): Generator<RowBatch> {
    this.endWorkflow();
    if (this.first > 0) yield* this.handOver();
  }

  private *handOver(): Generator<RowBatch> {
    const batch = this.store.batch(this.first);
    if (batch.rows > 0) yield batch;
    this.store.forget(this.first);
    this.first = 0;
  }

  private readTimes(base: number, from: number, rows: number): void {
    const { fields } = this.mapping;
    for (const name of ["submitted", "ready", "start", "end"] as const) {
      const field = fields[name];
      if (field === undefined) continue;
      const cursor = this.cursors.get(name)!;
      const column = this.store.column(name);
      for (let r = 0; r < rows; r++) {
        column[base + r] = cursor.at(from + r)
          ? timeIn(cursor, field, this.reading, () => this.where(base + r))
          : Number.NaN;
      }
    }
  }

  private readNumbers(base: number, from: number, rows: number): void {
    const { fields } = this.mapping;
    for (const name of ["deadline", "cpu", "memory", "bytesIn", "bytesOut"] as const) {
      if (fields[name] !== undefined) this.readNumber(name, fields[name], base, from, rows);
    }
    for (const name of ["priority", "attempts"] as const) {
      if (fields[name] === undefined) continue;
      this.readNumber(name, fields[name], base, from, rows);
      this.dropWhatIsNoInt16(name, base, rows);
    }
    this.readWork(base, from, rows);
  }

  private readNumber(name: string, field: NumberSource, base: number, from: number, rows: number): void {
    const cursor = this.cursors.get(name)!;
    const column = this.store.column(name);
    for (let r = 0; r < rows; r++) {
      column[base + r] = cursor.at(from + r)
        ? numberIn(cursor, field, () => this.where(base + r))
        : Number.NaN;
    }
  }

  /** Where no work is told, it is what passed between start and end. */
  private readWork(base: number, from: number, rows: number): void {
    const { report } = this.reading;
    const { work: field, start, end } = this.mapping.fields;
    const work = this.store.column("work");
    if (field === undefined) work.fill(Number.NaN, base, base + rows);
    else this.readNumber("work", field, base, from, rows);
    const spans = start !== undefined && end !== undefined;
    const begun = spans ? this.store.column("start") : work;
    const ended = spans ? this.store.column("end") : work;
    for (let i = base; i < base + rows; i++) {
      if (!Number.isNaN(work[i]!)) continue;
      const span = spans ? ended[i]! - begun[i]! : Number.NaN;
      if (span >= 0) work[i] = span;
      else if (span < 0)
        report.warn("END_BEFORE_START", "a task ends before it starts; its work is unknown", () =>
          this.where(i),
        );
      else report.warn("WORK_UNKNOWN", "the work of a task is unknown", () => this.where(i));
    }
  }

  private dropWhatIsNoInt16(name: string, base: number, rows: number): void {
    const column = this.store.column(name);
    for (let i = base; i < base + rows; i++) {
      const value = column[i]!;
      if (Number.isNaN(value) || (Number.isInteger(value) && value >= -32_768 && value <= 32_767)) continue;
      column[i] = Number.NaN;
      this.reading.report.warn(
        "OUT_OF_RANGE",
        `${name} is no whole number of 16 bits somewhere, and is taken as unknown there`,
        () => this.where(i),
      );
    }
  }

  private readNames(
    { name, column, cells, numbers }: NamedColumn,
    base: number,
    from: number,
    rows: number,
  ): void {
    const cursor = this.cursors.get(name);
    const required = name === "template" || name === "type";
    if (cursor === undefined && !required) return;
    const target = this.store.name(column);
    for (let r = 0; r < rows; r++) {
      if (cursor?.at(from + r) !== true) {
        target[base + r] = required ? this.names.number(column, UNNAMED[name]) : -1;
        continue;
      }
      const cell = cells.number(cursor.bytes, cursor.from, cursor.to);
      let number = numbers[cell];
      if (number === undefined)
        numbers[cell] = number = this.numberOf(name, column, cells.text(cell), base + r);
      target[base + r] = number;
    }
  }

  private numberOf(
    name: NamedColumn["name"],
    column: NamedColumn["column"],
    text: string,
    row: number,
  ): number {
    if (name !== "outcome") return this.names.number(column, text);
    const outcome = this.mapping.fields.outcome!.values.get(text);
    if (outcome !== undefined) return this.names.number(column, outcome);
    this.reading.report.warn(
      "UNKNOWN_OUTCOME",
      `"${text.slice(0, 60)}" stands for no outcome, and is taken as unknown`,
      () => this.where(row),
    );
    return -1;
  }

  /** Tells workflows apart, and which task waits for which. */
  private readTasks(base: number, from: number, rows: number): void {
    const workflow = this.cursors.get("workflow");
    const task = this.cursors.get("task");
    const parents = this.cursors.get("parents");
    for (let r = 0; r < rows; r++) {
      const row = base + r;
      if (workflow === undefined) this.endWorkflow();
      else {
        if (!workflow.at(from + r)) throw this.nameless("workflow", row);
        if (!this.isSameKey(workflow)) this.beginWorkflow(workflow);
      }
      this.store.rows = row + 1;
      if (task !== undefined) {
        if (!task.at(from + r)) throw this.nameless("task", row);
        this.store.id[row] = this.tasks.number(task.bytes, task.from, task.to);
      }
      if (parents?.at(from + r) === true) this.parents.read(parents, this.store, () => this.where(row));
      this.store.parentFirst[row + 1] = this.store.parents;
    }
  }

  private isSameKey({ bytes, from, to }: CellCursor): boolean {
    return to - from === this.keyLength && bytes.compare(this.key, 0, this.keyLength, from, to) === 0;
  }

  private beginWorkflow({ bytes, from, to }: CellCursor): void {
    this.endWorkflow();
    if (!this.seen.add(bytes, from, to)) throw new ScatteredRows();
    this.keyLength = to - from;
    if (this.keyLength > this.key.length) this.key = Buffer.alloc(this.keyLength * 2);
    bytes.copy(this.key, 0, from, to);
  }

  private endWorkflow(): void {
    const { store, first } = this;
    const end = store.rows;
    if (end === first) return;
    if (this.mapping.fields.task === undefined || this.linkTasks(first, end)) {
      this.closeWorkflow(first, end);
    } else store.drop(first, end);
    this.first = end;
    this.tasks.clear();
  }

  /** Names of parents become their places in the workflow; false where the tasks make no workflow. */
  private linkTasks(first: number, end: number): boolean {
    const { store } = this;
    if (this.tasks.size > this.rowOf.length) this.rowOf = new Int32Array(this.tasks.size * 2);
    const rowOf = this.rowOf.fill(-1, 0, this.tasks.size);
    const faults: string[] = [];
    const name = (id: number) => this.tasks.text(id);
    for (let row = first; row < end; row++) {
      const id = store.id[row]!;
      if (rowOf[id]! >= 0) faults.push(`task "${name(id)}" occurs twice`);
      rowOf[id] = row - first;
    }
    let inOrder = true;
    let edges = store.parentFirst[first]!;
    for (let row = first; row < end; row++) {
      const [begin, stop] = [store.parentFirst[row]!, store.parentFirst[row + 1]!];
      const own = edges;
      store.parentFirst[row] = own;
      for (let e = begin; e < stop; e++) {
        const parent = rowOf[store.parent[e]!]!;
        if (parent < 0)
          faults.push(`parent "${name(store.parent[e]!)}" of "${name(store.id[row]!)}" is not a task`);
        else if (parent === row - first) faults.push(`task "${name(store.id[row]!)}" is its own parent`);
        else if (!stands(store.parent, own, edges, parent)) store.parent[edges++] = parent;
        inOrder &&= parent < row - first;
      }
    }
    store.parentFirst[end] = edges;
    store.parents = edges;
    if (faults.length > 0) {
      const more = faults.length - FAULTS_SHOWN;
      const told = [...faults.slice(0, FAULTS_SHOWN), ...(more > 0 ? [`${more} more faults`] : [])].join(
        "; ",
      );
      this.skip("a workflow with tasks that repeat, or parents that are no other task of it", first, told);
      return false;
    }
    return inOrder || this.sortTasks(first, end);
  }

  /** Brings tasks behind their parents; false where they wait for one another in a circle. */
  private sortTasks(first: number, end: number): boolean {
    const { store } = this;
    const base = store.parentFirst[first]!;
    const shape = {
      count: end - first,
      firstParent: store.parentFirst.slice(first, end + 1).map((at) => at - base),
      parent: store.parent.slice(base, store.parentFirst[end]),
    };
    const found = topologicalOrder(shape);
    if ("cycle" in found) {
      const circle = found.cycle.slice(0, FAULTS_SHOWN).map((t) => this.tasks.text(store.id[first + t]!));
      this.skip("a workflow whose tasks depend on one another in a circle", first, circle.join(" → "));
      return false;
    }
    store.permute(first, found.order);
    const sorted = reorder(shape, found.order);
    store.parent.set(sorted.parent, base);
    for (let t = 0; t <= sorted.count; t++) store.parentFirst[first + t] = sorted.firstParent[t]! + base;
    return true;
  }

  private skip(cause: string, first: number, told: string): void {
    this.reading.report.skip(
      cause,
      `${this.where(first)} (${this.key.toString("utf8", 0, this.keyLength)}: ${told})`,
    );
  }

  /** What belongs to the workflow becomes the same in all its rows. */
  private closeWorkflow(first: number, end: number): void {
    const { store } = this;
    let earliest = Number.NaN;
    if (this.mapping.fields.submitted !== undefined) {
      const submitted = store.column("submitted");
      for (let row = first; row < end; row++)
        if (!(submitted[row]! >= earliest)) earliest = least(earliest, submitted[row]!);
    }
    if (this.wantsDates && Number.isNaN(earliest)) {
      this.reading.report.warn(
        "SUBMISSION_UNKNOWN",
        "a workflow has no date; it comes together with the one before it",
        () => this.where(first),
      );
    }
    for (let row = first; row < end; row++) {
      store.workflow[row] = this.workflows;
      store.submitted[row] = earliest;
      store.task[row] = row - first;
    }
    this.share(store.name("template"), "template", first, end);
    if (this.mapping.fields.deadline !== undefined)
      this.share(store.column("deadline"), "deadline", first, end);
    this.workflows++;
  }

  private share(column: Float64Array | Int32Array, name: string, first: number, end: number): void {
    const value = column[first]!;
    for (let row = first + 1; row < end; row++) {
      if (Object.is(column[row], value)) continue;
      column[row] = value;
      this.reading.report.warn(
        "ROWS_DIFFER",
        `rows of a workflow have different ${name}s, and that of the first counts`,
        () => this.where(row),
      );
    }
  }

  private nameless(field: string, row: number): InputError {
    return new InputError("BAD_CELL", {
      what: `the row names no ${field}`,
      where: this.where(row),
      mend: "correct the cell, or leave the row out",
    });
  }

  private where(row: number): string {
    return `${this.files[this.store.file[row]!]}:${this.store.line[row]}`;
  }
}

interface NamedColumn {
  readonly name: "template" | "type" | "pool" | "outcome";
  readonly column: "template" | "type" | "recordedPool" | "outcome";
  /** The texts of its cells. */
  readonly cells: ByteNames;
  /** By text: its number among the trace's names; -1: unknown. */
  readonly numbers: number[];
}

/** What a name is where none is given. */
const UNNAMED = { template: "workflow", type: "task", pool: "", outcome: "" } as const;

/** Whether a value is among those of [from, to). */
function stands(values: Int32Array, from: number, to: number, value: number): boolean {
  for (let i = from; i < to; i++) if (values[i] === value) return true;
  return false;
}

const least = (a: number, b: number): number => (Number.isNaN(a) || b < a ? b : a);
