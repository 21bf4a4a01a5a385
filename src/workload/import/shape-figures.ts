import type { GraphShape } from "../../model/task-graph.js";
import { type GraphFigures, graphFigures } from "../trace/graph-figures.js";
import { reorder, topologicalOrder } from "../trace/topological-order.js";

/** Figures of the graph of one workflow of a log. */
export interface ShapeFigures {
  readonly roots: number;
  /** Null where tasks depend on one another in a circle. */
  readonly acyclic: { readonly criticalPath: number; readonly levels: number } | null;
}

/** @param work [count], seconds; negative and unknown counts as 0 */
export function shapeFigures(shape: GraphShape, work: ArrayLike<number>): ShapeFigures {
  const { count, firstParent } = shape;
  let roots = 0;
  for (let t = 0; t < count; t++) if (firstParent[t] === firstParent[t + 1]) roots++;
  const found = topologicalOrder(shape);
  if ("cycle" in found) return { roots, acyclic: null };
  const ordered = Float64Array.from(found.order, (t) => Math.max(0, work[t]!));
  const { criticalPath, levels } = graphFigures(reorder(shape, found.order), ordered);
  return { roots, acyclic: { criticalPath, levels } };
}

/** Figures of a graph under the names by which files are compared. */
export function namedFigures({ roots, leaves, criticalPath, criticalTasks, levels, width }: GraphFigures) {
  return {
    roots,
    leaves,
    critical_path_s: criticalPath,
    critical_path_tasks: criticalTasks,
    levels,
    max_level_width: width,
  };
}

/** A graph of tasks numbered as they are given, from the numbers of their parents, each once. */
export function shapeOf(parents: readonly (readonly number[])[]): GraphShape {
  const firstParent = new Int32Array(parents.length + 1);
  parents.forEach((list, t) => {
    firstParent[t + 1] = firstParent[t]! + list.length;
  });
  return { count: parents.length, firstParent, parent: Int32Array.from(parents.flat()) };
}
