import type { GraphShape } from "../../model/task-graph.js";

/**
 * An order in which every task comes after its parents (Kahn 1962), the order given where that is one already; or,
 * where there is none, a cycle: tasks of which each is a parent of the next, and the last of the first.
 * Parents need not be smaller than their children here.
 */
export function topologicalOrder(
  shape: GraphShape,
): { readonly order: Int32Array } | { readonly cycle: number[] } {
  const { count, firstParent, parent } = shape;
  const order = new Int32Array(count);
  if (isTopological(shape)) {
    for (let t = 0; t < count; t++) order[t] = t;
    return { order };
  }
  const { firstChild, child } = childrenOf(shape);
  const missing = new Int32Array(count);
  let placed = 0;
  for (let t = 0; t < count; t++) {
    missing[t] = firstParent[t + 1]! - firstParent[t]!;
    if (missing[t] === 0) order[placed++] = t;
  }
  for (let head = 0; head < placed; head++) {
    const t = order[head]!;
    for (let e = firstChild[t]!; e < firstChild[t + 1]!; e++) {
      if (--missing[child[e]!]! === 0) order[placed++] = child[e]!;
    }
  }
  return placed === count ? { order } : { cycle: cycleAmong(missing, firstParent, parent) };
}

/** The children of t are child[firstChild[t] .. firstChild[t + 1]), in increasing order. */
export function childrenOf({ count, firstParent, parent }: GraphShape): {
  readonly firstChild: Int32Array;
  readonly child: Int32Array;
} {
  const firstChild = new Int32Array(count + 1);
  for (let e = 0; e < firstParent[count]!; e++) firstChild[parent[e]! + 1]!++;
  for (let t = 0; t < count; t++) firstChild[t + 1]! += firstChild[t]!;
  const child = new Int32Array(firstParent[count]!);
  const filled = firstChild.slice(0, count);
  for (let t = 0; t < count; t++) {
    for (let e = firstParent[t]!; e < firstParent[t + 1]!; e++) child[filled[parent[e]!]!++] = t;
  }
  return { firstChild, child };
}

/** The shape with its tasks in `order`: task n of the result is task order[n]. */
export function reorder({ count, firstParent, parent }: GraphShape, order: Int32Array): GraphShape {
  const position = new Int32Array(count);
  order.forEach((t, n) => {
    position[t] = n;
  });
  const first = new Int32Array(count + 1);
  const moved = new Int32Array(firstParent[count]!);
  let e = 0;
  for (let n = 0; n < count; n++) {
    const from = e;
    for (let k = firstParent[order[n]!]!; k < firstParent[order[n]! + 1]!; k++)
      moved[e++] = position[parent[k]!]!;
    if (e > from + 1) moved.subarray(from, e).sort();
    first[n + 1] = e;
  }
  return { count, firstParent: first, parent: moved };
}

function isTopological({ count, firstParent, parent }: GraphShape): boolean {
  for (let t = 0; t < count; t++) {
    for (let e = firstParent[t]!; e < firstParent[t + 1]!; e++) if (parent[e]! >= t) return false;
  }
  return true;
}

/** Every task that could not be placed has a parent that could not: walking up must come round. */
function cycleAmong(missing: Int32Array, firstParent: Int32Array, parent: Int32Array): number[] {
  const metAt = new Map<number, number>();
  const walk: number[] = [];
  let t = missing.findIndex((m) => m > 0);
  while (!metAt.has(t)) {
    metAt.set(t, walk.length);
    walk.push(t);
    let e = firstParent[t]!;
    while (missing[parent[e]!] === 0) e++;
    t = parent[e]!;
  }
  const cycle = walk.slice(metAt.get(t)!).reverse();
  // Begin with the smallest, so that the same cycle is always named in the same way.
  const start = cycle.indexOf(Math.min(...cycle.slice(0, 10_000)));
  return [...cycle.slice(start), ...cycle.slice(0, start)];
}
