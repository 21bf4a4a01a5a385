import { RECORDED_TIMES, type TASK_NAMES, type TaskNumber } from "./workflow.js";

/** Columns of numbers, with the range in which a known value lies. Deadlines are those of the workflow. */
export const NUMBER_COLUMNS = {
  work: { arrow: "float64", least: 0 },
  cpu: { arrow: "float64", least: 0 },
  memory: { arrow: "float64", least: 0 },
  bytesIn: { arrow: "float64", least: 0 },
  bytesOut: { arrow: "float64", least: 0 },
  promptTokens: { arrow: "float64", least: 0 },
  outputTokens: { arrow: "float64", least: 0 },
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

/** Lists of numbers: that of row r is values[first[r] .. first[r + 1]), and nothing is known where known[r] is 0. */
export interface ListColumn {
  /** [rows + 1], from 0 */
  readonly first: Int32Array;
  readonly values: Int32Array;
  /** [rows] */
  readonly known: Int32Array;
}

/** Columns that stand in a batch only where something is known in it. */
export type OptionalColumn = NumberColumn | NameColumn | "prefix";

export function knownColumns({ numbers, names, prefix }: RowBatch): OptionalColumn[] {
  return [
    ...(Object.keys(numbers) as NumberColumn[]),
    ...(Object.keys(names) as NameColumn[]),
    ...(prefix === undefined ? [] : (["prefix"] as const)),
  ];
}

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
  /** Blocks that prompts begin with; absent where unknown throughout. */
  readonly prefix?: ListColumn | undefined;
}

/** Has each row submitted at another time, in place; its recorded times move as far. */
export function resubmit(
  { rows, submitted, numbers }: RowBatch,
  to: (submitted: number, row: number) => number,
): void {
  const recorded = RECORDED_TIMES.map((name) => numbers[name]).filter((column) => column !== undefined);
  for (let row = 0; row < rows; row++) {
    const at = to(submitted[row]!, row);
    const shift = at - submitted[row]!;
    for (const column of recorded) column[row]! += shift;
    submitted[row] = at;
  }
}

/** Rows [from, to), without copying. */
export function sliceRows(batch: RowBatch, from: number, to: number): RowBatch {
  const after = sliceList(batch.afterFirst, batch.after, from, to);
  const { prefix } = batch;
  return {
    rows: to - from,
    workflow: batch.workflow.subarray(from, to),
    submitted: batch.submitted.subarray(from, to),
    task: batch.task.subarray(from, to),
    afterFirst: after.first,
    after: after.values,
    numbers: mapColumns(batch.numbers, (column) => column.subarray(from, to)),
    names: mapColumns(batch.names, (column) => column.subarray(from, to)),
    prefix: prefix && {
      ...sliceList(prefix.first, prefix.values, from, to),
      known: prefix.known.subarray(from, to),
    },
  };
}

function sliceList(first: Int32Array, values: Int32Array, from: number, to: number) {
  const base = first[from]!;
  const sliced = first.slice(from, to + 1);
  for (let i = 0; i < sliced.length; i++) sliced[i]! -= base;
  return { first: sliced, values: values.subarray(base, first[to]!) };
}

/** The rows of `a`, then those of `b`; both have the same columns. */
export function joinRows(a: RowBatch, b: RowBatch): RowBatch {
  return {
    rows: a.rows + b.rows,
    workflow: join(a.workflow, b.workflow),
    submitted: join(a.submitted, b.submitted),
    task: join(a.task, b.task),
    afterFirst: joinFirst(a.afterFirst, b.afterFirst, a.after.length),
    after: join(a.after, b.after),
    numbers: mapColumns(a.numbers, (column, name) => join(column, b.numbers[name]!)),
    names: mapColumns(a.names, (column, name) => join(column, b.names[name]!)),
    prefix: a.prefix && {
      first: joinFirst(a.prefix.first, b.prefix!.first, a.prefix.values.length),
      values: join(a.prefix.values, b.prefix!.values),
      known: join(a.prefix.known, b.prefix!.known),
    },
  };
}

function joinFirst(a: Int32Array, b: Int32Array, shift: number): Int32Array {
  return join(
    a,
    b.slice(1).map((at) => at + shift),
  );
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
