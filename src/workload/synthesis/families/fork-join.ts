import { ShapeBuilder } from "./shape-builder.js";

/** One task, then branches of some length side by side, then one that waits for all. */
export function forkJoin(branches: number, length: number): ShapeBuilder {
  const dag = new ShapeBuilder();
  const fork = dag.add(0);
  const ends = Array.from({ length: branches }, () => {
    let last = fork;
    for (let k = 0; k < length; k++) last = dag.add(1, [last]);
    return last;
  });
  dag.add(2, ends);
  return dag;
}
