import { assert } from "../../kit/assert.js";
import { GrowingColumn } from "../../kit/growing-column.js";
import { ListBuilder } from "./list-builder.js";
import {
  NAME_COLUMN_NAMES,
  type NameColumn,
  NUMBER_COLUMN_NAMES,
  NUMBER_COLUMNS,
  type NumberColumn,
  type RowBatch,
} from "./row-batch.js";
import type { TraceNames } from "./trace-names.js";
import type { TraceWorkflow } from "./workflow.js";

/** Rows of a batch, give or take the last workflow: it is never split. */
export const BATCH_ROWS = 65_536;

/** Turns workflows into batches of rows. */
export class RowCollector {
  workflows = 0;
  tasks = 0;
  /** Columns in which something is known since the last `take`. */
  private known = new Set<NumberColumn | NameColumn>();
  private columns = freshColumns();

  constructor(private readonly names: TraceNames) {}

  /** Rows gathered since the last `take`. */
  get rows(): number {
    return this.columns.workflow.length;
  }

  /** Whether it is time to `take` a batch. */
  get full(): boolean {
    return this.rows >= BATCH_ROWS;
  }

  /**
   * Workflows are numbered from 0, and so are the tasks of each.
   * @param at when it comes, if not as the workflow says
   */
  add(flow: Omit<TraceWorkflow, "submitted">, at: number): void {
    check(flow);
    const { workflow, submitted, task, afterFirst, after } = this.columns;
    for (let t = 0; t < flow.count; t++) {
      workflow.push(this.workflows);
      submitted.push(at);
      task.push(t);
      for (let e = flow.firstParent[t]!; e < flow.firstParent[t + 1]!; e++) after.push(flow.parent[e]!);
      afterFirst.push(after.length);
    }
    this.addNumbers(flow);
    this.addNames(flow);
    this.addPrefixes(flow);
    this.workflows++;
    this.tasks += flow.count;
  }

  /** The rows gathered, which are then forgotten. */
  take(): RowBatch {
    const { workflow, submitted, task, afterFirst, after, numbers, names, prefix } = this.columns;
    const { known } = this;
    this.columns = freshColumns();
    this.known = new Set();
    return {
      rows: workflow.length,
      workflow: workflow.view(),
      submitted: submitted.view(),
      task: task.view(),
      afterFirst: afterFirst.view(),
      after: after.view(),
      numbers: mapOf(
        NUMBER_COLUMN_NAMES.filter((name) => known.has(name)),
        (name) => numbers[name].view(),
      ),
      names: mapOf(
        NAME_COLUMN_NAMES.filter((name) => known.has(name)),
        (name) => names[name].view(),
      ),
      prefix: prefix?.column(),
    };
  }

  private addNumbers(flow: Omit<TraceWorkflow, "submitted">): void {
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

  private addNames(flow: Omit<TraceWorkflow, "submitted">): void {
    for (const name of NAME_COLUMN_NAMES) {
      const column = this.columns.names[name];
      for (let t = 0; t < flow.count; t++) {
        const value = name === "template" ? flow.template : (flow[name]?.[t] ?? null);
        if (value === null) {
          column.push(-1);
          continue;
        }
        column.push(this.names.number(name, value));
        this.known.add(name);
      }
    }
  }

  /** The column begins with the first row of which anything is known: most traces have none. */
  private addPrefixes({ count, prefix }: Omit<TraceWorkflow, "submitted">): void {
    const { columns } = this;
    if (columns.prefix === undefined && (prefix ?? []).every((blocks) => blocks === null)) return;
    columns.prefix ??= new ListBuilder(this.rows - count);
    for (let t = 0; t < count; t++) {
      const blocks = prefix?.[t] ?? null;
      assert(blocks?.every((block) => block >= 0) ?? true, `task ${t} has a block below 0`);
      columns.prefix.push(blocks);
    }
  }
}

/** Importers and generators answer for what they make; a reader checks what comes from outside. */
function check({ count, firstParent, parent, type, work }: Omit<TraceWorkflow, "submitted">): void {
  assert(count > 0, "a workflow has at least one task");
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
    prefix: undefined as ListBuilder | undefined,
  };
}

function mapOf<K extends string, T>(keys: readonly K[], of: (key: K) => T): Record<K, T> {
  return Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<K, T>;
}
