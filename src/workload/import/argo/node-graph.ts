import type { GraphShape } from "../../../model/task-graph.js";
import type { ArgoNode } from "./workflow.js";

/** The graph of all nodes, numbered as they are given, and the children that are none of them. */
export function nodeGraph(nodes: readonly ArgoNode[]): {
  readonly shape: GraphShape;
  readonly children: readonly (readonly number[])[];
  readonly dangling: readonly { readonly node: ArgoNode; readonly child: string }[];
} {
  const number = new Map(nodes.map(({ key }, n) => [key, n]));
  const dangling: { node: ArgoNode; child: string }[] = [];
  const parents: number[][] = nodes.map(() => []);
  const children = nodes.map((node, n) => {
    const known: number[] = [];
    for (const child of new Set(node.children)) {
      const c = number.get(child);
      if (c === undefined) dangling.push({ node, child });
      else {
        known.push(c);
        parents[c]!.push(n);
      }
    }
    return known;
  });
  const firstParent = new Int32Array(nodes.length + 1);
  parents.forEach((list, n) => {
    firstParent[n + 1] = firstParent[n]! + list.length;
  });
  return {
    shape: { count: nodes.length, firstParent, parent: Int32Array.from(parents.flat()) },
    children,
    dangling,
  };
}
