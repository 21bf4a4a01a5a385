import type { UniformSource } from "../../../kit/random.js";
import { ShapeBuilder } from "./shape-builder.js";

/**
 * Random layers: each task has one parent in the layer before, chosen evenly, and every other of that layer with
 * probability `density` (layer by layer, after Tobita and Kasahara 2002, "A standard task graph set").
 * @param width tasks of the next layer
 */
export function layered(
  layers: number,
  width: () => number,
  density: number,
  uniform: UniformSource,
): ShapeBuilder {
  const dag = new ShapeBuilder();
  let above: number[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const here: number[] = [];
    for (let k = width(); k > 0; k--) {
      const sure = Math.floor(uniform.next() * above.length);
      const parents = above.filter((_, p) => p === sure || (density > 0 && uniform.next() < density));
      here.push(dag.add(0, parents));
    }
    above = here;
  }
  return dag;
}
