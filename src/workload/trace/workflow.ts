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

/** Those of them that are times on the trace's clock: they move with the submission. */
export const RECORDED_TIMES = [
  "recordedReady",
  "recordedStart",
  "recordedEnd",
] as const satisfies readonly TaskNumber[];
export type RecordedTime = (typeof RECORDED_TIMES)[number];

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

/** The recorded times of a workflow, each through `of`; columns that are unknown stay so. */
export function timesOf(
  flow: Readonly<Partial<Record<RecordedTime, Float64Array>>>,
  of: (time: number) => number,
): Partial<Record<RecordedTime, Float64Array>> {
  const times: Partial<Record<RecordedTime, Float64Array>> = {};
  for (const name of RECORDED_TIMES) if (flow[name] !== undefined) times[name] = flow[name].map(of);
  return times;
}

/** A workflow as it stands in a file. */
export interface RecordedWorkflow extends TraceWorkflow {
  /** Its number in the file. */
  readonly id: number;
  /** [count], the index that each task has in the file, whose order need not be topological. */
  readonly task: Int32Array;
}
