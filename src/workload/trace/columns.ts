/**
 * A trace in memory, as plain columns. Row r is a task; the rows of workflow w are firstRow[w] .. firstRow[w + 1], in
 * topological order; the parents of the task in row r are parents[parentFirst[r] .. parentFirst[r + 1]), as indices
 * within its workflow. Workflows are sorted by submission.
 */
export interface TraceColumns {
  readonly workflows: number;
  readonly rows: number;
  /** [workflows + 1] */
  readonly firstRow: Int32Array;
  /** [workflows], seconds, never decreasing. */
  readonly submitted: Float64Array;
  /** [workflows], seconds after submission; Infinity where there is none. */
  readonly deadline: Float64Array;
  /** [workflows] */
  readonly priority: Int16Array;
  /** [workflows], index into `templateNames`. */
  readonly template: Int32Array;
  readonly templateNames: readonly string[];
  /** [rows], index into `typeNames`. */
  readonly type: Int32Array;
  readonly typeNames: readonly string[];
  /** [rows], seconds at speed 1; NaN where unknown. */
  readonly work: Float64Array;
  /** [rows + 1] */
  readonly parentFirst: Int32Array;
  readonly parents: Int32Array;
  /** What was observed of the tasks, where the trace has any of it. */
  readonly observed?: ObservedColumns;
  /** SHA-256 of the file's bytes, hex. */
  readonly digest: string;
}

/** Columns by row, as recorded. */
export interface ObservedColumns {
  /** Index into `poolNames`; -1 where unknown. */
  readonly pool: Int32Array;
  readonly poolNames: readonly string[];
  /** Tries that were made; 0 where unknown. */
  readonly attempts: Int32Array;
  /** 1 for tasks that failed or timed out in the end. */
  readonly failed: Uint8Array;
  /** Cores used; NaN where unknown. */
  readonly cpu: Float64Array;
  /** Blocks that the prompt of row r begins with: prefix[prefixFirst[r] .. prefixFirst[r + 1]); none where unknown. */
  readonly prefixFirst: Int32Array;
  readonly prefix: Int32Array;
}
