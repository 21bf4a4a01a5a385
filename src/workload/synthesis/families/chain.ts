import { ShapeBuilder } from "./shape-builder.js";

/** One task after another. */
export function chain(tasks: number): ShapeBuilder {
  const dag = new ShapeBuilder();
  for (let t = 0; t < tasks; t++) dag.add(0, t === 0 ? [] : [t - 1]);
  return dag;
}
