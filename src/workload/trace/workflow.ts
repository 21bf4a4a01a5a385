import type { GraphShape } from "../../model/task-graph.js";

/** Columns of numbers that a task may have besides its work. NaN is unknown. */
export const TASK_NUMBERS = [
  "cpu",
  "memory",
  "bytesIn",
  "bytesOut",
  "promptTokens",
  "outputTokens",
  "priority",
  "recordedReady",
  "recordedStart",
  "recordedEnd",
  "attempts",
] as const;
export type TaskNumber = (typeof TASK_NUMBERS)[number];

/** Columns of names that a task may have besides its type. Null is unknown. */
export const TASK_NAMES = ["recordedPool", "outcome"] as const;
export type TaskName = (typeof TASK_NAMES)[number];

/**
 * One workflow of a trace. Tasks are in topological order: the parents of t are parent[firstParent[t] ..
 * firstParent[t + 1]), all smaller than t and distinct. Times are seconds since the trace's origin. A column that is
 * absent is unknown throughout.
 */
export interface TraceWorkflow
  extends GraphShape,
    Readonly<Partial<Record<TaskNumber, Float64Array>>>,
    Readonly<Partial<Record<TaskName, readonly (string | null)[]>>> {
  readonly submitted: number;
  readonly template: string;
  /** Seconds after submission; Infinity where there is none. */
  readonly deadline: number;
  /** [count] */
  readonly type: readonly string[];
  /** [count], seconds at speed 1; NaN where unknown. */
  readonly work: Float64Array;
  /**
   * [count], ids of the blocks that a prompt begins with, from its first token on: prompts that begin alike begin with the
   * same ids, so what a cache holds of one serves the other. Null where unknown.
   */
  readonly prefix?: readonly (Int32Array | null)[];
}

/** A workflow as it stands in a file. */
export interface RecordedWorkflow extends TraceWorkflow {
  /** Its number in the file. */
  readonly id: number;
  /** [count], the index that each task has in the file, whose order need not be topological. */
  readonly task: Int32Array;
}
