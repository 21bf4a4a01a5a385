import { assert } from "../kit/assert.js";
import type { Distribution } from "../kit/distribution.js";
import { moments } from "../kit/moments.js";
import type { Retry, Scenario, TaskTemplate } from "./scenario.js";

/**
 * A workflow's DAG as columns: what the engine walks. One graph serves every instance of a template; a trace brings
 * one for each workflow. Tasks are in topological order; the children of task t are child[firstChild[t] .. firstChild[t + 1]).
 */
export interface TaskGraph {
  readonly name: string;
  readonly count: number;
  /** Parents that must succeed before a task is ready; 0 for roots. */
  readonly join: Int32Array;
  readonly firstChild: Int32Array;
  readonly child: Int32Array;
  readonly types: readonly string[];
  /** Work as far as a policy may know it: its mean, seconds at speed 1. */
  readonly meanWork: Float64Array;
  /** Mean work on the longest path from the task, itself included: Topcuoglu et al. 2002 (HEFT), without transfers. */
  readonly upwardRank: Float64Array;
  /** Pools that may run each task: indices into `Scenario.pools`. */
  readonly pools: readonly Int32Array[];
  readonly attemptFailure: Float64Array;
  readonly retry: readonly Retry[];
  readonly timeout: Float64Array;
  /** Patience of each task's attempts; absent where all are patient for ever. */
  readonly scheduleToStart?: readonly (Distribution | undefined)[];
  readonly priority: number;
  /** Work as recorded, where the workflow comes from a trace; it is then not drawn. */
  readonly recordedWork?: Float64Array;
}

/** Edges as compressed rows: the parents of t are parent[firstParent[t] .. firstParent[t + 1]). */
export interface GraphShape {
  readonly count: number;
  readonly firstParent: Int32Array;
  readonly parent: Int32Array;
}

/** The columns that follow from shape and work alone. */
export function buildGraph(
  shape: GraphShape,
  meanWork: Float64Array,
  rest: Pick<
    TaskGraph,
    "name" | "types" | "pools" | "attemptFailure" | "retry" | "timeout" | "priority" | "scheduleToStart"
  > & {
    readonly join?: Int32Array;
  },
): TaskGraph {
  const { count, firstParent, parent } = shape;
  const join = new Int32Array(count);
  const firstChild = new Int32Array(count + 1);
  for (let t = 0; t < count; t++) {
    const parents = firstParent[t + 1]! - firstParent[t]!;
    join[t] = rest.join === undefined ? parents : Math.min(parents, rest.join[t]!);
    for (let e = firstParent[t]!; e < firstParent[t + 1]!; e++) {
      assert(parent[e]! < t, `task ${t} of ${rest.name} stands before its parent ${parent[e]}`);
      firstChild[parent[e]! + 1]!++;
    }
  }
  for (let t = 0; t < count; t++) firstChild[t + 1]! += firstChild[t]!;
  const child = new Int32Array(parent.length);
  const filled = firstChild.slice(0, count);
  for (let t = 0; t < count; t++) {
    for (let e = firstParent[t]!; e < firstParent[t + 1]!; e++) child[filled[parent[e]!]!++] = t;
  }
  return {
    ...rest,
    count,
    join,
    firstChild,
    child,
    meanWork,
    upwardRank: upwardRank(firstChild, child, meanWork),
  };
}

/** Children stand after their parents, so one sweep from the back sees every child's rank first. */
function upwardRank(firstChild: Int32Array, child: Int32Array, work: Float64Array): Float64Array {
  const rank = new Float64Array(work.length);
  for (let t = work.length - 1; t >= 0; t--) {
    let longest = 0;
    for (let e = firstChild[t]!; e < firstChild[t + 1]!; e++) longest = Math.max(longest, rank[child[e]!]!);
    rank[t] = work[t]! + longest;
  }
  return rank;
}

/** The graph of a template of a scenario. */
export function templateGraph(scenario: Scenario, template: number): TaskGraph {
  const { name, tasks, priority } = scenario.workflows[template]!;
  const firstParent = new Int32Array(tasks.length + 1);
  tasks.forEach((task, t) => {
    firstParent[t + 1] = firstParent[t]! + task.after.length;
  });
  const column = (of: (task: TaskTemplate) => number) => Float64Array.from(tasks, of);
  return buildGraph(
    { count: tasks.length, firstParent, parent: Int32Array.from(tasks.flatMap((task) => task.after)) },
    column((task) => moments(task.work).mean),
    {
      name,
      types: tasks.map((task) => task.type),
      pools: tasks.map((task) => Int32Array.from(task.pools)),
      attemptFailure: column((task) => task.attemptFailure),
      retry: tasks.map((task) => task.retry),
      timeout: column((task) => task.timeout),
      ...(tasks.some((task) => task.scheduleToStart !== undefined)
        ? { scheduleToStart: tasks.map((task) => task.scheduleToStart) }
        : {}),
      priority,
      join: Int32Array.from(tasks, (task) => task.join),
    },
  );
}
