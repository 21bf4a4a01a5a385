import type { TaskGroup } from "./family.js";
import { ShapeBuilder } from "./shape-builder.js";

/** The DAG that is written out; the part of a task is its group. */
export function literal(groups: readonly TaskGroup[]): ShapeBuilder {
  const dag = new ShapeBuilder();
  const members: number[][] = [];
  groups.forEach(({ times, after }, g) => {
    const parents = after.flatMap((before) => members[before]!);
    members.push(Array.from({ length: times }, () => dag.add(g, parents)));
  });
  return dag;
}
