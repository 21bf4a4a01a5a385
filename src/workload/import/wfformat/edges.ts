import { InputError } from "../../../kit/errors.js";
import type { GraphShape } from "../../../model/task-graph.js";
import type { WfInstance, WfTask } from "./instance.js";

/** Distinct pairs that files may imply: beyond it the file is hostile, not a workflow. */
const MOST_IMPLIED = 20_000_000;

/** Distinct edges between tasks of an instance, by their index in it. */
export class EdgeSet {
  private readonly keys = new Set<number>();

  constructor(private readonly count: number) {}

  get size(): number {
    return this.keys.size;
  }

  add(parent: number, child: number): void {
    this.keys.add(parent * this.count + child);
  }

  has(parent: number, child: number): boolean {
    return this.keys.has(parent * this.count + child);
  }

  *[Symbol.iterator](): Generator<readonly [parent: number, child: number]> {
    for (const key of this.keys) yield [Math.floor(key / this.count), key % this.count];
  }

  /** The edges that are not in `other`. */
  *without(other: EdgeSet): Generator<readonly [parent: number, child: number]> {
    for (const [parent, child] of this) if (!other.has(parent, child)) yield [parent, child];
  }

  /** The parents of each task in increasing order; tasks in the order of the instance. */
  shape(): GraphShape {
    const firstParent = new Int32Array(this.count + 1);
    for (const [, child] of this) firstParent[child + 1]!++;
    for (let t = 0; t < this.count; t++) firstParent[t + 1]! += firstParent[t]!;
    const parent = new Int32Array(this.size);
    const filled = firstParent.slice(0, this.count);
    for (const [p, child] of this) parent[filled[child]!++] = p;
    for (let t = 0; t < this.count; t++) parent.subarray(firstParent[t], firstParent[t + 1]).sort();
    return { count: this.count, firstParent, parent };
  }
}

/** A reference to a task that does not exist. */
export interface Dangling {
  readonly task: WfTask;
  readonly list: "parents" | "children";
  readonly name: string;
}

export interface DeclaredEdges {
  /** Edges that `parents` lists say, and those that `children` lists say. */
  readonly fromParents: EdgeSet;
  readonly fromChildren: EdgeSet;
  /** Both together. */
  readonly union: EdgeSet;
  readonly dangling: readonly Dangling[];
  /** Tasks that name themselves. */
  readonly self: readonly WfTask[];
}

/** The edges that an instance declares, its references resolved. */
export function declaredEdges({ tasks, schemaVersion }: WfInstance): DeclaredEdges {
  const indexOf = resolver(tasks, schemaVersion >= "1.5");
  const fromParents = new EdgeSet(tasks.length);
  const fromChildren = new EdgeSet(tasks.length);
  const union = new EdgeSet(tasks.length);
  const dangling: Dangling[] = [];
  const self = new Set<WfTask>();
  tasks.forEach((task, t) => {
    for (const list of ["parents", "children"] as const) {
      for (const name of task[list]) {
        const other = indexOf(name);
        if (other === undefined) dangling.push({ task, list, name });
        else if (other === t) self.add(task);
        else {
          const [parent, child] = list === "parents" ? [other, t] : [t, other];
          (list === "parents" ? fromParents : fromChildren).add(parent, child);
          union.add(parent, child);
        }
      }
    }
  });
  return { fromParents, fromChildren, union, dangling, self: [...self] };
}

/** Edges from whoever writes a file to whoever reads it. Nextflow's 1.4 files have no others. */
export function fileEdges({ tasks, file }: WfInstance): EdgeSet {
  const writers = new Map<string, number[]>();
  tasks.forEach(({ outputs }, t) => {
    for (const key of outputs ?? []) {
      const list = writers.get(key);
      if (list === undefined) writers.set(key, [t]);
      else list.push(t);
    }
  });
  const edges = new EdgeSet(tasks.length);
  let met = 0;
  tasks.forEach(({ inputs }, t) => {
    for (const key of inputs ?? []) {
      for (const writer of writers.get(key) ?? []) {
        if (++met > MOST_IMPLIED) {
          throw new InputError("TOO_LARGE", {
            what: `its files imply more than ${MOST_IMPLIED} dependencies`,
            where: file,
            mend: "declare the parents of the tasks",
          });
        }
        if (writer !== t) edges.add(writer, t);
      }
    }
  });
  return edges;
}

/** From 1.5 on tasks are named by id. Before, by name, although many have an id besides; unless names repeat. */
function resolver(tasks: readonly WfTask[], byId: boolean): (name: string) => number | undefined {
  const ids = new Map(tasks.map(({ id }, t) => [id, t]));
  if (byId) return (name) => ids.get(name);
  const names = new Map(tasks.map(({ name }, t) => [name, t]));
  if (names.size < tasks.length) return (name) => ids.get(name);
  return (name) => names.get(name) ?? ids.get(name);
}
