import { KeyedHeap } from "../../../kit/keyed-heap.js";
import type { GraphShape } from "../../../model/task-graph.js";

/** A workflow as far as a queue feels it. */
export interface ReferenceJob extends GraphShape {
  readonly submitted: number;
  readonly work: Float64Array;
}

/** Servers of equal speed, and by how much recorded time runs slower. */
export interface ReferenceQueue {
  readonly servers: number;
  readonly timeScale: number;
}

const LEAST_SERVERS = 4;
const MOST_SERVERS = 200;

/** A queue that jobs keep busy to a share of its capacity. */
export function queueFor(jobs: readonly ReferenceJob[], utilisation: number): ReferenceQueue {
  const span = jobs.at(-1)!.submitted - jobs[0]!.submitted;
  const load = jobs.reduce((sum, { work }) => sum + work.reduce((a, b) => a + b, 0), 0) / span;
  const servers = Math.min(MOST_SERVERS, Math.max(LEAST_SERVERS, Math.round(load / utilisation)));
  return { servers, timeScale: load / (utilisation * servers) };
}

/**
 * Mean seconds from submission to the last end, over jobs whose ready tasks are served first come, first served by the
 * servers of one pool: a model of what waits, whose only purpose is that two sequences of jobs can be set side by side.
 * @param jobs in the order of submission
 */
export function meanFlowTime(jobs: readonly ReferenceJob[], { servers, timeScale }: ReferenceQueue): number {
  const first: number[] = [];
  let rows = 0;
  for (const { count } of jobs) {
    first.push(rows);
    rows += count;
  }
  const jobOf = new Int32Array(rows);
  const waitsFor = new Int32Array(rows);
  const readyAt = new Float64Array(rows);
  const positions = new Int32Array(rows);
  const ready = new KeyedHeap(() => positions);
  const places = new Int32Array(servers);
  const free = new KeyedHeap(() => places);
  for (let s = 0; s < servers; s++) free.add(s, 0, s);
  let total = 0;
  const ends = new Float64Array(jobs.length);
  const children = childrenOf(jobs);
  let next = 0;
  const admit = () => {
    const { submitted, count, firstParent } = jobs[next]!;
    for (let t = 0; t < count; t++) {
      const row = first[next]! + t;
      jobOf[row] = next;
      waitsFor[row] = firstParent[t + 1]! - firstParent[t]!;
      readyAt[row] = submitted * timeScale;
      if (waitsFor[row] === 0) ready.add(row, readyAt[row]!, row);
    }
    next++;
  };
  while (next < jobs.length || ready.size > 0) {
    // What is ready earlier is served earlier; a task is never ready before one that was served.
    while (next < jobs.length && (ready.size === 0 || jobs[next]!.submitted * timeScale <= ready.firstKey))
      admit();
    if (ready.size === 0) continue;
    const row = ready.first;
    ready.remove(row);
    const j = jobOf[row]!;
    const t = row - first[j]!;
    const server = free.first;
    const end = Math.max(readyAt[row]!, free.firstKey) + jobs[j]!.work[t]!;
    free.remove(server);
    free.add(server, end, server);
    if (end > ends[j]!) ends[j] = end;
    const { firstChild, child } = children(j);
    for (let e = firstChild[t]!; e < firstChild[t + 1]!; e++) {
      const after = first[j]! + child[e]!;
      readyAt[after] = Math.max(readyAt[after]!, end);
      if (--waitsFor[after]! === 0) ready.add(after, readyAt[after]!, after);
    }
  }
  for (let j = 0; j < jobs.length; j++) total += Math.max(0, ends[j]! - jobs[j]!.submitted * timeScale);
  return total / jobs.length;
}

interface Children {
  readonly firstChild: Int32Array;
  readonly child: Int32Array;
}

/** Children of the tasks of a job; jobs that share their parents' columns share them. */
function childrenOf(jobs: readonly ReferenceJob[]): (j: number) => Children {
  const known = new Map<Int32Array, Children>();
  return (j) => {
    const { count, firstParent, parent } = jobs[j]!;
    let found = known.get(firstParent);
    if (found === undefined) {
      const firstChild = new Int32Array(count + 1);
      for (const p of parent) firstChild[p + 1]!++;
      for (let t = 0; t < count; t++) firstChild[t + 1]! += firstChild[t]!;
      const fill = firstChild.slice();
      const child = new Int32Array(parent.length);
      for (let t = 0; t < count; t++)
        for (let e = firstParent[t]!; e < firstParent[t + 1]!; e++) child[fill[parent[e]!]!++] = t;
      found = { firstChild, child };
      known.set(firstParent, found);
    }
    return found;
  };
}
