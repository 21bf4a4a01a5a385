import { assert } from "../../kit/assert.js";
import { GrowingColumn } from "../../kit/growing-column.js";
import {
  NAME_COLUMN_NAMES,
  type NameColumn,
  NUMBER_COLUMN_NAMES,
  NUMBER_COLUMNS,
  type NumberColumn,
  type RowBatch,
} from "./row-batch.js";
import type { TraceWorkflow } from "./workflow.js";

/** Rows of a batch, give or take the last workflow: it is never split. */
export const BATCH_ROWS = 65_536;

/** Turns workflows into batches of rows; names are numbered in the order in which they are first met. */
export class RowCollector {
  workflows = 0;
  tasks = 0;
  /** Columns in which something is known so far. */
  readonly known = new Set<NumberColumn | NameColumn>();
  private readonly tables = mapOf(NAME_COLUMN_NAMES, () => new Map<string, number>());
  private columns = freshColumns();
  private lastSubmitted = Number.NEGATIVE_INFINITY;

  /** Rows gathered since the last `take`. */
  get rows(): number {
    return this.columns.workflow.length;
  }

  /** Whether it is time to `take` a batch. */
  get full(): boolean {
    return this.rows >= BATCH_ROWS;
  }

  /** Workflows come sorted by submission; they are numbered from 0, and so are the tasks of each. */
  add(flow: TraceWorkflow): void {
    check(flow, this.lastSubmitted);
    this.lastSubmitted = flow.submitted;
    const { workflow, submitted, task, afterFirst, after } = this.columns;
    for (let t = 0; t < flow.count; t++) {
      workflow.push(this.workflows);
      submitted.push(flow.submitted);
      task.push(t);
      for (let e = flow.firstParent[t]!; e < flow.firstParent[t + 1]!; e++) after.push(flow.parent[e]!);
      afterFirst.push(after.length);
    }
    this.addNumbers(flow);
    this.addNames(flow);
    this.workflows++;
    this.tasks += flow.count;
  }

  /** The rows gathered, which are then forgotten. */
  take(): RowBatch {
    const { workflow, submitted, task, afterFirst, after, numbers, names } = this.columns;
    this.columns = freshColumns();
    return {
      rows: workflow.length,
      workflow: workflow.view(),
      submitted: submitted.view(),
      task: task.view(),
      afterFirst: afterFirst.view(),
      after: after.view(),
      numbers: mapOf(NUMBER_COLUMN_NAMES, (name) => numbers[name].view()),
      names: mapOf(NAME_COLUMN_NAMES, (name) => names[name].view()),
    };
  }

  /** All names met so far, by number. */
  names(): Record<NameColumn, readonly string[]> {
    return mapOf(NAME_COLUMN_NAMES, (name) => [...this.tables[name].keys()]);
  }

  private addNumbers(flow: TraceWorkflow): void {
    for (const name of NUMBER_COLUMN_NAMES) {
      const column = this.columns.numbers[name];
      const { least, arrow } = NUMBER_COLUMNS[name];
      const values = name === "deadline" ? undefined : flow[name];
      const deadline = flow.deadline < Number.POSITIVE_INFINITY ? flow.deadline : Number.NaN;
      for (let t = 0; t < flow.count; t++) {
        const value = name === "deadline" ? deadline : (values?.[t] ?? Number.NaN);
        column.push(value);
        if (Number.isNaN(value)) continue;
        assert(
          value >= least &&
            (arrow === "int16"
              ? Number.isInteger(value) && value < 32_768
              : value < Number.POSITIVE_INFINITY),
          `${name} of task ${t} is ${value}`,
        );
        this.known.add(name);
      }
    }
  }

  private addNames(flow: TraceWorkflow): void {
    for (const name of NAME_COLUMN_NAMES) {
      const table = this.tables[name];
      const column = this.columns.names[name];
      for (let t = 0; t < flow.count; t++) {
        const value = name === "template" ? flow.template : (flow[name]?.[t] ?? null);
        if (value === null) {
          column.push(-1);
          continue;
        }
        let index = table.get(value);
        if (index === undefined) table.set(value, (index = table.size));
        column.push(index);
        this.known.add(name);
      }
    }
  }
}

/** Importers and generators answer for what they make; a reader checks what comes from outside. */
function check(flow: TraceWorkflow, lastSubmitted: number): void {
  const { count, firstParent, parent, submitted, type, work } = flow;
  assert(count > 0, "a workflow has at least one task");
  assert(
    submitted >= lastSubmitted && submitted < Number.POSITIVE_INFINITY,
    `submitted at ${submitted} after ${lastSubmitted}`,
  );
  assert(type.length === count && work.length === count, "a type and a work for every task");
  for (let t = 0; t < count; t++) {
    for (let e = firstParent[t]!; e < firstParent[t + 1]!; e++) {
      assert(parent[e]! >= 0 && parent[e]! < t, `task ${t} stands before its parent ${parent[e]}`);
    }
  }
}

function freshColumns() {
  const afterFirst = new GrowingColumn(Int32Array);
  afterFirst.push(0);
  return {
    workflow: new GrowingColumn(Int32Array),
    submitted: new GrowingColumn(Float64Array),
    task: new GrowingColumn(Int32Array),
    afterFirst,
    after: new GrowingColumn(Int32Array),
    numbers: mapOf(NUMBER_COLUMN_NAMES, () => new GrowingColumn(Float64Array)),
    names: mapOf(NAME_COLUMN_NAMES, () => new GrowingColumn(Int32Array)),
  };
}

function mapOf<K extends string, T>(keys: readonly K[], of: (key: K) => T): Record<K, T> {
  return Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<K, T>;
}
