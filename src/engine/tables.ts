import { assert } from "../kit/assert.js";
import { KeyedHeap } from "../kit/keyed-heap.js";
import { type Discipline, type Scenario, UNLIMITED } from "../model/scenario.js";
import type { TaskGraph } from "../model/task-graph.js";

/**
 * The engine's state: columns with free lists, so memory follows what is in flight, not what has passed. A slot's
 * `stamp` changes when it is freed: who keeps a slot across time keeps its stamp too, and can tell a stale one.
 */

/** State of a task; the words of the blueprint. */
export const BLOCKED = 0;
export const READY = 1;
export const WAITING = 2;
export const RUNNING = 3;
export const BACKING_OFF = 4;
export const DONE = 5;

export class TaskTable {
  flow = new Int32Array(0);
  /** Index in the workflow's graph. */
  node = new Int32Array(0);
  state = new Uint8Array(0);
  /** Parents that must still succeed. */
  missing = new Int32Array(0);
  /** Attempts begun. */
  attempts = new Int32Array(0);
  /** Pool where it waits or runs; -1 elsewhere. */
  pool = new Int32Array(0);
  /** Its running attempt; -1 where there is none. */
  attempt = new Int32Array(0);
  readyAt = new Float64Array(0);
  size = new Float64Array(0);
  /** Neighbours in the pool's queue. */
  next = new Int32Array(0);
  previous = new Int32Array(0);
  /** What a keyed queue is ordered by, then the order of placing; and where the task stands in the pool's heap or list. */
  rank = new Float64Array(0);
  order = new Float64Array(0);
  place = new Int32Array(0);
  stamp = new Int32Array(0);
  private used = 0;
  /** Free blocks by size class: a block of class k has 2^k slots. */
  private readonly free: number[][] = Array.from({ length: 31 }, () => []);

  /** The first of `count` neighbouring slots. */
  allocate(count: number): number {
    const sizeClass = classOf(count);
    const first = this.free[sizeClass]!.pop();
    if (first !== undefined) return first;
    const fresh = this.used;
    this.used += 1 << sizeClass;
    while (this.used > this.flow.length) this.grow();
    return fresh;
  }

  release(first: number, count: number): void {
    for (let t = first; t < first + count; t++) this.stamp[t]!++;
    this.free[classOf(count)]!.push(first);
  }

  private grow(): void {
    const capacity = Math.max(64, this.flow.length * 2);
    this.flow = resized(this.flow, new Int32Array(capacity));
    this.node = resized(this.node, new Int32Array(capacity));
    this.state = resized(this.state, new Uint8Array(capacity));
    this.missing = resized(this.missing, new Int32Array(capacity));
    this.attempts = resized(this.attempts, new Int32Array(capacity));
    this.pool = resized(this.pool, new Int32Array(capacity));
    this.attempt = resized(this.attempt, new Int32Array(capacity));
    this.readyAt = resized(this.readyAt, new Float64Array(capacity));
    this.size = resized(this.size, new Float64Array(capacity));
    this.next = resized(this.next, new Int32Array(capacity));
    this.previous = resized(this.previous, new Int32Array(capacity));
    this.rank = resized(this.rank, new Float64Array(capacity));
    this.order = resized(this.order, new Float64Array(capacity));
    this.place = resized(this.place, new Int32Array(capacity));
    this.stamp = resized(this.stamp, new Int32Array(capacity));
  }
}

const classOf = (count: number): number => (count <= 1 ? 0 : 32 - Math.clz32(count - 1));

export class FlowTable {
  graph: TaskGraph[] = [];
  /** Who submitted it, and its number there: with the seed, all that its draws depend on. */
  source = new Int32Array(0);
  serial = new Int32Array(0);
  submittedAt = new Float64Array(0);
  dueAt = new Float64Array(0);
  /** Its first task's slot. */
  first = new Int32Array(0);
  /** Tasks not yet done. */
  left = new Int32Array(0);
  /** 1 while it is in the system. */
  alive = new Uint8Array(0);
  private used = 0;
  private readonly free: number[] = [];

  allocate(): number {
    const slot = this.free.pop();
    if (slot !== undefined) return slot;
    if (this.used === this.source.length) this.grow();
    return this.used++;
  }

  release(flow: number): void {
    this.free.push(flow);
  }

  /** Slots ever used: those beyond hold nothing. */
  get extent(): number {
    return this.used;
  }

  private grow(): void {
    const capacity = Math.max(64, this.source.length * 2);
    this.source = resized(this.source, new Int32Array(capacity));
    this.serial = resized(this.serial, new Int32Array(capacity));
    this.submittedAt = resized(this.submittedAt, new Float64Array(capacity));
    this.dueAt = resized(this.dueAt, new Float64Array(capacity));
    this.first = resized(this.first, new Int32Array(capacity));
    this.left = resized(this.left, new Int32Array(capacity));
    this.alive = resized(this.alive, new Uint8Array(capacity));
  }
}

export class AttemptTable {
  task = new Int32Array(0);
  pool = new Int32Array(0);
  /** When it began. */
  begunAt = new Float64Array(0);
  /** When it began or, where it was held, last went on. */
  startedAt = new Float64Array(0);
  stamp = new Int32Array(0);
  private used = 0;
  private readonly free: number[] = [];

  allocate(): number {
    const slot = this.free.pop();
    if (slot !== undefined) return slot;
    if (this.used === this.task.length) {
      const capacity = Math.max(64, this.task.length * 2);
      this.task = resized(this.task, new Int32Array(capacity));
      this.pool = resized(this.pool, new Int32Array(capacity));
      this.begunAt = resized(this.begunAt, new Float64Array(capacity));
      this.startedAt = resized(this.startedAt, new Float64Array(capacity));
      this.stamp = resized(this.stamp, new Int32Array(capacity));
    }
    return this.used++;
  }

  release(attempt: number): void {
    this.stamp[attempt]!++;
    this.free.push(attempt);
  }
}

const PREEMPTIVE: readonly Discipline[] = ["priority-preemptive", "srpt", "psjf"];
const SORTED: readonly Discipline[] = ["sjf", "priority", ...PREEMPTIVE];

/** Pools and their queues: intrusive lists through the task columns, so that a task leaves from anywhere in O(1). */
export class PoolTable {
  readonly count: number;
  readonly names: readonly string[];
  readonly servers: Int32Array;
  readonly speed: Float64Array;
  readonly price: Float64Array;
  readonly attemptFailure: Float64Array;
  /** Tasks that run at once: `servers`, or all where they share them. */
  readonly slots: Int32Array;
  readonly capacity: Float64Array;
  readonly discipline: readonly Discipline[];
  readonly lifo: Uint8Array;
  /** 1 where all tasks run at once and share the servers. */
  readonly sharing: Uint8Array;
  /** 1 where a task that comes may stop one that runs. */
  readonly preemptive: Uint8Array;
  /** The waiting tasks, sorted, where the discipline needs it; null where a list will do. */
  readonly sorted: readonly (KeyedHeap | null)[];
  /** The running tasks of preemptive pools, in no order. */
  readonly runners: readonly number[][];
  readonly running: Int32Array;
  readonly waiting: Int32Array;
  readonly head: Int32Array;
  readonly tail: Int32Array;
  /** Sizes of the tasks queued, summed. */
  readonly queuedWork: Float64Array;
  /** Sizes of the tasks running, summed, and the times at which they started, summed. */
  readonly runningWork: Float64Array;
  readonly startedSum: Float64Array;
  /** 1 while a dispatch decision for the pool is due. */
  readonly asked: Uint8Array;

  constructor({ pools, decide }: Scenario, tasks: TaskTable) {
    this.count = pools.length;
    this.names = pools.map((pool) => pool.name);
    this.servers = Int32Array.from(pools, (pool) => pool.servers);
    this.speed = Float64Array.from(pools, (pool) => pool.speed);
    this.price = Float64Array.from(pools, (pool) => pool.price);
    this.attemptFailure = Float64Array.from(pools, (pool) => pool.attemptFailure);
    this.discipline = pools.map((pool) => pool.discipline);
    const flag = (of: (discipline: Discipline) => boolean) =>
      Uint8Array.from(this.discipline, (discipline) => (of(discipline) ? 1 : 0));
    this.lifo = flag((discipline) => discipline === "lifo");
    this.sharing = flag((discipline) => discipline === "ps");
    this.preemptive = flag((discipline) => PREEMPTIVE.includes(discipline));
    this.slots = Int32Array.from(pools, (pool) => (pool.discipline === "ps" ? UNLIMITED : pool.servers));
    this.capacity = Float64Array.from(pools, (pool) => pool.capacity);
    // Where the policy dispatches, it is shown the queue in order of arrival.
    const asked = decide.includes("dispatch");
    this.sorted = this.discipline.map((discipline) =>
      !asked && SORTED.includes(discipline) ? new KeyedHeap(() => tasks.place) : null,
    );
    this.runners = pools.map(() => []);
    this.running = new Int32Array(this.count);
    this.waiting = new Int32Array(this.count);
    this.head = new Int32Array(this.count).fill(-1);
    this.tail = new Int32Array(this.count).fill(-1);
    this.queuedWork = new Float64Array(this.count);
    this.runningWork = new Float64Array(this.count);
    this.startedSum = new Float64Array(this.count);
    this.asked = new Uint8Array(this.count);
  }
}

/** The task that is served next where nobody is asked. The queue must not be empty. */
export function nextInLine(pools: PoolTable, pool: number): number {
  const sorted = pools.sorted[pool]!;
  if (sorted !== null) return sorted.first;
  return pools.lifo[pool] === 1 ? pools.tail[pool]! : pools.head[pool]!;
}

/** Puts a task into its pool's queue: at its place in a sorted one, at the tail of a list. */
export function enqueue(pools: PoolTable, tasks: TaskTable, pool: number, task: number): void {
  const sorted = pools.sorted[pool]!;
  if (sorted !== null) sorted.add(task, tasks.rank[task]!, tasks.order[task]!);
  else {
    const tail = pools.tail[pool]!;
    tasks.previous[task] = tail;
    tasks.next[task] = -1;
    if (tail < 0) pools.head[pool] = task;
    else tasks.next[tail] = task;
    pools.tail[pool] = task;
  }
  pools.waiting[pool]!++;
  pools.queuedWork[pool]! += tasks.size[task]!;
}

/** Takes a task out of its pool's queue, wherever it stands. */
export function unqueue(pools: PoolTable, tasks: TaskTable, pool: number, task: number): void {
  const sorted = pools.sorted[pool]!;
  if (sorted !== null) sorted.remove(task);
  else {
    const next = tasks.next[task]!;
    const previous = tasks.previous[task]!;
    if (previous < 0) pools.head[pool] = next;
    else tasks.next[previous] = next;
    if (next < 0) pools.tail[pool] = previous;
    else tasks.previous[next] = previous;
  }
  // An empty queue holds exactly nothing: rounding must not pile up over a long run.
  if (--pools.waiting[pool]! === 0) pools.queuedWork[pool] = 0;
  else pools.queuedWork[pool]! -= tasks.size[task]!;
  assert(pools.waiting[pool]! >= 0, `pool ${pools.names[pool]} has fewer than no tasks waiting`);
}

function resized<T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
