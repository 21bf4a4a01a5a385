import { InputError } from "../../../kit/errors.js";
import type { ArgoNode } from "./workflow.js";

/** Nodes that do work. All others steer: they wait for nodes, and nodes wait for them. */
const WORK: ReadonlySet<string> = new Set(["Pod", "HTTP", "Plugin"]);

/** A pod, or a Retry node with the pods that were its attempts. */
export interface ArgoTask {
  readonly node: ArgoNode;
  /** The last attempt; the node itself where nothing retries it. */
  readonly last: ArgoNode;
  readonly attempts: number;
  /** Keys of the tasks that it waits for. */
  readonly parents: readonly string[];
}

const MOST_EDGES = 20_000_000;

/**
 * The tasks among the nodes. A task waits for those from which a way leads to it over steering nodes alone. An exit handler
 * hangs on nothing, and runs when all else has ended: it waits for all tasks that nothing else waits for.
 * @returns also how many pods are left out, as parts of a DAG or Steps node that was tried once more
 */
export function taskGraph(
  nodes: readonly ArgoNode[],
  children: readonly (readonly number[])[],
  file: string,
): { readonly tasks: readonly ArgoTask[]; readonly leftOut: number } {
  const { attemptsOf, given } = retries(nodes, children);
  const leftOut = partsOf(given, nodes);
  /** The node that stands for each node as a task; -1 for those that steer, and those left out. */
  const task = new Int32Array(nodes.length).fill(-1);
  nodes.forEach(({ type }, n) => {
    if (WORK.has(type) && !leftOut.has(n)) task[n] = n;
  });
  for (const [retry, attempts] of attemptsOf) {
    if (leftOut.has(retry)) continue;
    task[retry] = retry;
    for (const n of attempts) task[n] = retry;
  }
  const parents = parentsOf(task, children, attemptsOf, leftOut, file);
  afterAll(exitHandlers(nodes, children), parents, task);
  const tasks = Array.from(parents, ([n, list]): ArgoTask => {
    const attempts = attemptsOf.get(n);
    return {
      node: nodes[n]!,
      last: nodes[attempts?.at(-1) ?? n]!,
      attempts: attempts?.length ?? 1,
      parents: list.map((p) => nodes[p]!.key),
    };
  });
  return { tasks, leftOut: [...leftOut].filter((n) => WORK.has(nodes[n]!.type)).length };
}

/** Attempts of Retry nodes that retry a pod, in order; and of those that retry a whole DAG, the attempts that were given up. */
function retries(nodes: readonly ArgoNode[], children: readonly (readonly number[])[]) {
  const attemptsOf = new Map<number, readonly number[]>();
  const given: number[] = [];
  nodes.forEach(({ type, name }, n) => {
    if (type !== "Retry") return;
    const numbered = children[n]!.flatMap((c) => {
      const [, attempt] =
        /^\((\d+)\)$/.exec(nodes[c]!.name.startsWith(name) ? nodes[c]!.name.slice(name.length) : "") ?? [];
      return attempt === undefined ? [] : [{ c, attempt: Number(attempt) }];
    });
    const attempts = numbered.sort((a, b) => a.attempt - b.attempt).map(({ c }) => c);
    if (attempts.length === 0) return;
    if (attempts.every((c) => WORK.has(nodes[c]!.type))) attemptsOf.set(n, attempts);
    else given.push(...attempts.slice(0, -1));
  });
  return { attemptsOf, given };
}

/** The nodes given, and all that lies within them by boundary. */
function partsOf(given: readonly number[], nodes: readonly ArgoNode[]): ReadonlySet<number> {
  const parts = new Set(given);
  if (given.length === 0) return parts;
  const within = new Map<string, number[]>();
  nodes.forEach(({ boundary }, n) => {
    if (boundary === null) return;
    const list = within.get(boundary);
    if (list === undefined) within.set(boundary, [n]);
    else list.push(n);
  });
  for (const n of parts) for (const inner of within.get(nodes[n]!.key) ?? []) parts.add(inner);
  return parts;
}

function parentsOf(
  task: Int32Array,
  children: readonly (readonly number[])[],
  attemptsOf: ReadonlyMap<number, readonly number[]>,
  leftOut: ReadonlySet<number>,
  file: string,
): Map<number, number[]> {
  const parents = new Map<number, number[]>();
  for (let n = 0; n < task.length; n++) if (task[n] === n) parents.set(n, []);
  const seen = new Int32Array(task.length).fill(-1);
  let edges = 0;
  for (const t of parents.keys()) {
    const way = [t, ...(attemptsOf.get(t) ?? [])];
    for (const n of way) seen[n] = t;
    for (let n = way.pop(); n !== undefined; n = way.pop()) {
      for (const c of children[n]!) {
        if (seen[c] === t || leftOut.has(c)) continue;
        seen[c] = t;
        const next = task[c]!;
        if (next < 0) way.push(c);
        else if (next !== t && (next === c || seen[next] !== t)) {
          seen[next] = t;
          parents.get(next)!.push(t);
          edges++;
        }
      }
    }
    if (edges > MOST_EDGES) {
      throw new InputError("TOO_MANY_EDGES", {
        what: `there are more than ${MOST_EDGES} dependencies between the pods`,
        where: file,
        mend: "leave the file out",
      });
    }
  }
  return parents;
}

/** Nodes of the handler of the whole workflow. Those of single templates hang on the node that they belong to. */
function exitHandlers(
  nodes: readonly ArgoNode[],
  children: readonly (readonly number[])[],
): ReadonlySet<number> {
  const isChild = new Set(children.flat());
  const handlers = new Set<number>();
  nodes.forEach(({ name }, n) => {
    if (name.endsWith(".onExit") && !isChild.has(n)) handlers.add(n);
  });
  for (const n of handlers) for (const c of children[n]!) handlers.add(c);
  return handlers;
}

/** Lets the first tasks of the handlers wait for the last of all others. */
function afterAll(handlers: ReadonlySet<number>, parents: Map<number, number[]>, task: Int32Array): void {
  if (handlers.size === 0) return;
  const handles = new Set([...handlers].map((n) => task[n]!));
  const awaited = new Set([...parents].flatMap(([t, list]) => (handles.has(t) ? [] : list)));
  const last = [...parents.keys()].filter((t) => !handles.has(t) && !awaited.has(t));
  for (const [t, list] of parents) if (handles.has(t) && list.length === 0) parents.set(t, last);
}
