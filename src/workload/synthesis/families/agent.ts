import { ShapeBuilder } from "./shape-builder.js";

/**
 * An agent's loop, unrolled: plan, call tools side by side, look at what came back and plan again; after the last round the
 * answer. @param calls tool calls of each round, in turn
 */
export function agent(calls: readonly number[]): ShapeBuilder {
  const dag = new ShapeBuilder();
  let heard: number[] = [];
  for (const count of calls) {
    const plan = dag.add(0, heard);
    heard = Array.from({ length: count }, () => dag.add(1, [plan]));
  }
  dag.add(2, heard);
  return dag;
}
