import type { UniformSource } from "../../../kit/random.js";
import { ShapeBuilder } from "./shape-builder.js";

/**
 * A vertex series-parallel DAG (Valdes, Tarjan and Lawler 1982): the tasks fall into two parts of even chance, which run
 * side by side with probability `parallel` and else one after the other, all ends of the first before all beginnings of
 * the second; and so on down to single tasks.
 */
export function seriesParallel(tasks: number, parallel: number, uniform: UniformSource): ShapeBuilder {
  const dag = new ShapeBuilder();
  /** Adds a part that begins after some tasks. @returns its ends */
  const grow = (count: number, after: readonly number[]): number[] => {
    if (count === 1) return [dag.add(0, after)];
    const first = 1 + Math.floor(uniform.next() * (count - 1));
    if (uniform.next() < parallel) return [...grow(first, after), ...grow(count - first, after)];
    return grow(count - first, grow(first, after));
  };
  grow(tasks, []);
  return dag;
}
