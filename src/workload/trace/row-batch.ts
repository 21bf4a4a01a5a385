import type { TASK_NAMES, TaskNumber } from "./workflow.js";

/** Columns of numbers, with the range in which a known value lies. Deadlines are those of the workflow. */
export const NUMBER_COLUMNS = {
  work: { arrow: "float64", least: 0 },
  cpu: { arrow: "float64", least: 0 },
  memory: { arrow: "float64", least: 0 },
  bytesIn: { arrow: "float64", least: 0 },
  bytesOut: { arrow: "float64", least: 0 },
  priority: { arrow: "int16", least: -32_768 },
  deadline: { arrow: "float64", least: 0 },
  recordedReady: { arrow: "float64", least: Number.NEGATIVE_INFINITY },
  recordedStart: { arrow: "float64", least: Number.NEGATIVE_INFINITY },
  recordedEnd: { arrow: "float64", least: Number.NEGATIVE_INFINITY },
  attempts: { arrow: "int16", least: 0 },
} as const satisfies Record<TaskNumber | "work" | "deadline", { arrow: "float64" | "int16"; least: number }>;
export type NumberColumn = keyof typeof NUMBER_COLUMNS;
export const NUMBER_COLUMN_NAMES = Object.keys(NUMBER_COLUMNS) as readonly NumberColumn[];

export const NAME_COLUMN_NAMES = ["template", "type", "recordedPool", "outcome"] as const satisfies readonly (
  | "template"
  | "type"
  | (typeof TASK_NAMES)[number]
)[];
export type NameColumn = (typeof NAME_COLUMN_NAMES)[number];

/**
 * Rows of a trace as plain columns, as they stand in the file: what the writer gathers and the reader takes apart.
 * The parents of the task in row r are after[afterFirst[r] .. afterFirst[r + 1]).
 */
export interface RowBatch {
  readonly rows: number;
  readonly workflow: Int32Array;
  readonly submitted: Float64Array;
  readonly task: Int32Array;
  /** [rows + 1], from 0 */
  readonly afterFirst: Int32Array;
  readonly after: Int32Array;
  /** [rows], NaN where unknown; absent where unknown throughout. */
  readonly numbers: Readonly<Partial<Record<NumberColumn, Float64Array>>>;
  /** [rows], index into the trace's names, -1 where unknown; absent where unknown throughout. */
  readonly names: Readonly<Partial<Record<NameColumn, Int32Array>>>;
}

/** Rows [from, to), without copying. */
export function sliceRows(batch: RowBatch, from: number, to: number): RowBatch {
  const base = batch.afterFirst[from]!;
  const afterFirst = batch.afterFirst.slice(from, to + 1);
  for (let i = 0; i < afterFirst.length; i++) afterFirst[i]! -= base;
  return {
    rows: to - from,
    workflow: batch.workflow.subarray(from, to),
    submitted: batch.submitted.subarray(from, to),
    task: batch.task.subarray(from, to),
    afterFirst,
    after: batch.after.subarray(base, batch.afterFirst[to]!),
    numbers: mapColumns(batch.numbers, (column) => column.subarray(from, to)),
    names: mapColumns(batch.names, (column) => column.subarray(from, to)),
  };
}

/** The rows of `a`, then those of `b`; both have the same columns. */
export function joinRows(a: RowBatch, b: RowBatch): RowBatch {
  const shifted = b.afterFirst.slice(1).map((at) => at + a.after.length);
  return {
    rows: a.rows + b.rows,
    workflow: join(a.workflow, b.workflow),
    submitted: join(a.submitted, b.submitted),
    task: join(a.task, b.task),
    afterFirst: join(a.afterFirst, shifted),
    after: join(a.after, b.after),
    numbers: mapColumns(a.numbers, (column, name) => join(column, b.numbers[name]!)),
    names: mapColumns(a.names, (column, name) => join(column, b.names[name]!)),
  };
}

function join<T extends Int32Array | Float64Array>(a: T, b: T): T {
  const joined = new (a.constructor as new (length: number) => T)(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

function mapColumns<K extends string, T>(
  columns: Readonly<Partial<Record<K, T>>>,
  of: (column: T, name: K) => T,
): Partial<Record<K, T>> {
  const mapped: Partial<Record<K, T>> = {};
  for (const name of Object.keys(columns) as K[]) mapped[name] = of(columns[name]!, name);
  return mapped;
}
