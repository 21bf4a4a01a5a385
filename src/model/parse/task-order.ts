import type { Reader } from "./reader.js";

/** What is put in order: a task by name, with the names of its parents. */
export interface Ordered {
  readonly name: string;
  readonly after: readonly string[];
  readonly reader: Reader;
}

/** Parents before children, otherwise as written (Kahn 1962); null and a complaint where tasks wait for each other. */
export function topological<T extends Ordered>(tasks: readonly T[]): T[] | null {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const children = new Map<string, string[]>();
  const missing = new Map<string, number>();
  for (const { name, after } of tasks) {
    const parents = new Set(after.filter((parent) => byName.has(parent)));
    missing.set(name, parents.size);
    for (const parent of parents) {
      const known = children.get(parent);
      if (known === undefined) children.set(parent, [name]);
      else known.push(name);
    }
  }
  const position = new Map(tasks.map(({ name }, i) => [name, i]));
  const comesFirst = (parent: string, i: number) => (position.get(parent) ?? -1) < i;
  // What is written in order stays in order; Kahn would sort it by depth.
  if (tasks.every(({ after }, i) => after.every((parent) => comesFirst(parent, i)))) return [...tasks];
  let ready = tasks.filter(({ name }) => missing.get(name) === 0);
  const order: T[] = [];
  while (ready.length > 0) {
    const next: T[] = [];
    for (const task of ready) {
      order.push(task);
      for (const child of children.get(task.name) ?? []) {
        missing.set(child, missing.get(child)! - 1);
        if (missing.get(child) === 0) next.push(byName.get(child)!);
      }
    }
    ready = next.sort((a, b) => position.get(a.name)! - position.get(b.name)!);
  }
  if (order.length === tasks.length) return order;
  const cycle = findCycle(
    tasks.filter(({ name }) => missing.get(name)! > 0),
    byName,
    missing,
  );
  cycle[0]!.reader.complain(
    `tasks wait for each other: ${[...cycle, cycle[0]!].map(({ name }) => name).join(" -> ")}`,
    "drop one of these `after`",
  );
  return null;
}

/** From a task that waits, back along parents that wait: sooner or later one comes twice. */
function findCycle<T extends Ordered>(
  waiting: readonly T[],
  byName: ReadonlyMap<string, T>,
  missing: ReadonlyMap<string, number>,
): T[] {
  const path: T[] = [];
  const seen = new Set<T>();
  let task = waiting[0]!;
  while (!seen.has(task)) {
    path.push(task);
    seen.add(task);
    task = byName.get(task.after.find((parent) => (missing.get(parent) ?? 0) > 0)!)!;
  }
  return path.slice(path.indexOf(task)).reverse();
}
