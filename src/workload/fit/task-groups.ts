import type { GraphShape } from "../../model/task-graph.js";
import type { TaskGroup } from "../synthesis/families/family.js";
import type { TypeShares } from "../synthesis/spec.js";

/** A DAG as a list of groups: tasks of one type with the same parents and the same children are one. */
export function taskGroups(
  { count, firstParent, parent }: GraphShape,
  type: readonly string[],
): {
  readonly groups: readonly TaskGroup[];
  readonly types: ReadonlyMap<string, TypeShares>;
  /** The tasks of each group. */
  readonly members: readonly (readonly number[])[];
} {
  const children: number[][] = Array.from({ length: count }, () => []);
  for (let t = 0; t < count; t++)
    for (let e = firstParent[t]!; e < firstParent[t + 1]!; e++) children[parent[e]!]!.push(t);
  const parents = (t: number) =>
    [...parent.subarray(firstParent[t], firstParent[t + 1])].sort((a, b) => a - b);
  const byKey = new Map<string, number>();
  const members: number[][] = [];
  const groupOf = new Int32Array(count);
  for (let t = 0; t < count; t++) {
    const key = JSON.stringify([type[t], parents(t), children[t]]);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, members.push([t]) - 1);
    else members[known]!.push(t);
    groupOf[t] = known ?? members.length - 1;
  }
  const names = uniqueNames(members.map(([first]) => type[first!]!));
  const types = new Map<string, TypeShares>();
  const groups = members.map((list, g): TaskGroup => {
    const name = names[g]!;
    const of = type[list[0]!]!;
    if (name !== of) types.set(name, { names: [of], weights: [1] });
    return { name, times: list.length, after: [...new Set(parents(list[0]!).map((p) => groupOf[p]!))] };
  });
  return { groups, types, members };
}

/** Names, those that come again with a number: `map`, `map.2`, `map.3`. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return names.map((name) => {
    let k = next.get(name) ?? 1;
    let own = k === 1 ? name : `${name}.${k}`;
    while (taken.has(own)) own = `${name}.${++k}`;
    next.set(name, k + 1);
    taken.add(own);
    return own;
  });
}
