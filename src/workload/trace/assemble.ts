import { InputError } from "../../kit/errors.js";
import type { GraphShape } from "../../model/task-graph.js";
import type { NameTables } from "./arrow-in.js";
import { TRACE_LIMITS } from "./limits.js";
import { listAt } from "./list-builder.js";
import { joinRows, type RowBatch, sliceRows } from "./row-batch.js";
import { reorder, topologicalOrder } from "./topological-order.js";
import {
  type RecordedWorkflow,
  TASK_NAMES,
  TASK_NUMBERS,
  type TaskName,
  type TaskNumber,
} from "./workflow.js";

/**
 * Puts workflows together from batches of rows, and holds them to what docs/trace-format.md asks. A workflow may go on
 * in the next batch: the last one of a batch is held back until it is seen to be whole.
 */
export class WorkflowAssembler {
  private held: RowBatch | null = null;
  /** Number in the file of the first row that is held back, or of the next row. */
  private row = 0;
  private lastId = Number.NEGATIVE_INFINITY;
  private lastSubmitted = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly names: () => NameTables,
    private readonly file: string,
  ) {}

  *push(batch: RowBatch): Generator<RecordedWorkflow> {
    if (batch.rows === 0) return;
    const rows = this.held === null ? batch : joinRows(this.held, batch);
    let from = 0;
    for (let to = 1; to < rows.rows; to++) {
      if (rows.workflow[to] === rows.workflow[from]) continue;
      yield this.assemble(sliceRows(rows, from, to));
      this.row += to - from;
      from = to;
    }
    this.held = sliceRows(rows, from, rows.rows);
    this.checkSize(this.held.rows);
  }

  *finish(): Generator<RecordedWorkflow> {
    if (this.held === null) return;
    yield this.assemble(this.held);
    this.row += this.held.rows;
    this.held = null;
  }

  private assemble(rows: RowBatch): RecordedWorkflow {
    this.checkSize(rows.rows);
    this.checkSequence(rows);
    this.checkSame(rows);
    const shape = this.shapeOf(rows);
    const found = topologicalOrder(shape);
    if ("cycle" in found) {
      const shown = found.cycle.slice(0, 20).map((t) => rows.task[t]);
      this.fail(
        0,
        `its tasks depend on one another in a circle: ${shown.join(" → ")} → ${shown[0]}`,
        "remove one of these dependencies",
      );
    }
    return this.workflowOf(rows, shape, found.order);
  }

  /** Edges between rows, from edges between task indices. */
  private shapeOf({ rows, task, afterFirst, after }: RowBatch): GraphShape {
    const rowOf = new Int32Array(rows).fill(-1);
    for (let r = 0; r < rows; r++) {
      const index = task[r]!;
      if (index < 0 || index >= rows || rowOf[index] !== -1) {
        this.fail(
          r,
          `task ${index} ${rowOf[index] === undefined ? `is beyond the ${rows} tasks of the workflow` : "stands twice"}`,
          `number the tasks of a workflow from 0, each once`,
        );
      }
      rowOf[index] = r;
    }
    const parent = new Int32Array(after.length);
    const lastChild = new Int32Array(rows).fill(-1);
    for (let r = 0; r < rows; r++) {
      for (let e = afterFirst[r]!; e < afterFirst[r + 1]!; e++) {
        const p = rowOf[after[e]!];
        if (p === undefined || p === r) {
          this.fail(
            r,
            p === r
              ? `task ${task[r]} is its own parent`
              : `the parent ${after[e]} of task ${task[r]} is not a task of its workflow`,
            "list the indices of other tasks of the workflow",
          );
        }
        if (lastChild[p] === r)
          this.fail(r, `the parent ${after[e]} of task ${task[r]} stands twice`, "list every parent once");
        lastChild[p] = r;
        parent[e] = p;
      }
    }
    return { count: rows, firstParent: afterFirst, parent };
  }

  private workflowOf(rows: RowBatch, shape: GraphShape, order: Int32Array): RecordedWorkflow {
    const names = this.names();
    const numbers: Partial<Record<TaskNumber, Float64Array>> = {};
    for (const name of TASK_NUMBERS) {
      const column = rows.numbers[name];
      if (column !== undefined) numbers[name] = permuted(column, order, new Float64Array(order.length));
    }
    const labels: Partial<Record<TaskName, (string | null)[]>> = {};
    for (const name of TASK_NAMES) {
      const column = rows.names[name];
      if (column !== undefined) labels[name] = named(column, order, names[name]);
    }
    const { prefix } = rows;
    const deadline = rows.numbers.deadline?.[0] ?? Number.NaN;
    return {
      id: rows.workflow[0]!,
      submitted: rows.submitted[0]!,
      template: names.template[rows.names.template![0]!]!,
      deadline: Number.isNaN(deadline) ? Number.POSITIVE_INFINITY : deadline,
      ...reorder(shape, order),
      task: permuted(rows.task, order, new Int32Array(order.length)),
      type: named(rows.names.type!, order, names.type) as string[],
      work: permuted(rows.numbers.work!, order, new Float64Array(order.length)),
      ...numbers,
      ...labels,
      ...(prefix === undefined
        ? {}
        : { prefix: Array.from(order, (r) => listAt(prefix, r)?.slice() ?? null) }),
    };
  }

  private checkSequence(rows: RowBatch): void {
    const id = rows.workflow[0]!;
    const submitted = rows.submitted[0]!;
    if (id <= this.lastId) {
      this.fail(
        0,
        `workflow ${id} comes after workflow ${this.lastId}`,
        "number workflows upwards, and keep the rows of each together",
      );
    }
    if (submitted < this.lastSubmitted) {
      this.fail(
        0,
        `workflow ${id} was submitted at ${submitted}, before the one that stands before it (${this.lastSubmitted})`,
        "sort the workflows by submission",
      );
    }
    this.lastId = id;
    this.lastSubmitted = submitted;
  }

  /** What belongs to the workflow is the same in all its rows. */
  private checkSame({ rows, submitted, names, numbers }: RowBatch): void {
    const columns = { submitted, template: names.template!, deadline: numbers.deadline };
    for (const [name, column] of Object.entries(columns)) {
      for (let r = 1; column !== undefined && r < rows; r++) {
        if (!Object.is(column[r], column[0]))
          this.fail(
            r,
            `${name} differs from that of the workflow's first row`,
            `give all tasks of a workflow the same ${name}`,
          );
      }
    }
  }

  private checkSize(tasks: number): void {
    if (tasks > TRACE_LIMITS.tasksPerWorkflow) {
      this.fail(0, `a workflow has more than ${TRACE_LIMITS.tasksPerWorkflow} tasks`, "split the workflow");
    }
  }

  private fail(offset: number, what: string, mend: string): never {
    throw new InputError("BAD_TRACE", { what, where: `${this.file} > row ${this.row + offset}`, mend });
  }
}

// Workflows are small and many: `from` with a function would take most of the time of reading a trace.

function permuted<T extends Int32Array | Float64Array>(column: T, order: Int32Array, target: T): T {
  for (let t = 0; t < order.length; t++) target[t] = column[order[t]!]!;
  return target;
}

function named(column: Int32Array, order: Int32Array, table: readonly string[]): (string | null)[] {
  const names: (string | null)[] = [];
  for (let t = 0; t < order.length; t++) {
    const index = column[order[t]!]!;
    names.push(index < 0 ? null : table[index]!);
  }
  return names;
}
