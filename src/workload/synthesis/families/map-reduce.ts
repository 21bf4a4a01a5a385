import { ShapeBuilder } from "./shape-builder.js";

/** Every reduce task reads of every map task: Dean and Ghemawat 2004. */
export function mapReduce(maps: number, reduces: number): ShapeBuilder {
  const dag = new ShapeBuilder();
  const mapped = Array.from({ length: maps }, () => dag.add(0));
  for (let k = 0; k < reduces; k++) dag.add(1, mapped);
  return dag;
}
