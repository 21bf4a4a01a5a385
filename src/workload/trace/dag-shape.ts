import type { GraphShape } from "../../model/task-graph.js";
import type { GraphFigures } from "./graph-figures.js";

/** What a DAG is called in the field. */
export type DagKind =
  | "single task"
  | "independent tasks"
  | "chain"
  | "fork"
  | "join"
  | "fork-join"
  | "tree"
  | "DAG";

export function dagKind(
  { count, firstParent }: GraphShape,
  { edges, roots, leaves, levels, width }: GraphFigures,
): DagKind {
  if (count === 1) return "single task";
  if (edges === 0) return "independent tasks";
  if (levels === count) return edges === count - 1 ? "chain" : "DAG";
  if (levels === 2 && roots === 1) return "fork";
  if (levels === 2 && leaves === 1) return "join";
  if (levels === 3 && roots === 1 && leaves === 1 && edges === 2 * (count - 2) && width === count - 2)
    return "fork-join";
  for (let t = 0; t < count; t++) if (firstParent[t + 1]! - firstParent[t]! > 1) return "DAG";
  return roots === 1 ? "tree" : "DAG";
}

/** A text that two workflows share exactly where their tasks, as they are numbered, have the same parents. */
export function shapeKey({ count, firstParent, parent }: GraphShape): string {
  let key = `${count}`;
  for (let t = 0; t < count; t++) {
    key += ";";
    for (let e = firstParent[t]!; e < firstParent[t + 1]!; e++) key += `${parent[e]!},`;
  }
  return key;
}
