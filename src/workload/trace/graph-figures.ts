import type { GraphShape } from "../../model/task-graph.js";
import { childrenOf } from "./topological-order.js";

/** The shape of a DAG in figures. Tasks are in topological order. */
export interface GraphFigures {
  readonly edges: number;
  /** Tasks without parents. */
  readonly roots: number;
  /** Tasks without children. */
  readonly leaves: number;
  /** Tasks on the longest path, counted in tasks. */
  readonly levels: number;
  /** Most tasks on one level; a task's level is the length of the longest path to it from a root. */
  readonly width: number;
  /** Largest sum of work along a path, seconds; unknown work counts as 0. */
  readonly criticalPath: number;
  /** Tasks on that path; on the first of them where several tie. */
  readonly criticalTasks: number;
}

export function graphFigures(shape: GraphShape, work: Float64Array): GraphFigures {
  const { count, firstParent, parent } = shape;
  const { firstChild } = childrenOf(shape);
  const level = new Int32Array(count);
  const finish = new Float64Array(count);
  const onPath = new Int32Array(count);
  const widths = new Int32Array(count);
  let roots = 0;
  let leaves = 0;
  let last = 0;
  for (let t = 0; t < count; t++) {
    let latest = -1;
    for (let e = firstParent[t]!; e < firstParent[t + 1]!; e++) {
      const p = parent[e]!;
      level[t] = Math.max(level[t]!, level[p]! + 1);
      if (latest < 0 || finish[p]! > finish[latest]!) latest = p;
    }
    finish[t] = (latest < 0 ? 0 : finish[latest]!) + (Number.isNaN(work[t]!) ? 0 : work[t]!);
    onPath[t] = (latest < 0 ? 0 : onPath[latest]!) + 1;
    widths[level[t]!]!++;
    if (latest < 0) roots++;
    if (firstChild[t] === firstChild[t + 1]) leaves++;
    last = finish[t]! > finish[last]! ? t : last;
  }
  const levels = widths.indexOf(0);
  return {
    edges: firstParent[count]! - firstParent[0]!,
    roots,
    leaves,
    levels: levels < 0 ? count : levels,
    width: widths.reduce((a, b) => Math.max(a, b), 0),
    criticalPath: count > 0 ? finish[last]! : 0,
    criticalTasks: count > 0 ? onPath[last]! : 0,
  };
}
