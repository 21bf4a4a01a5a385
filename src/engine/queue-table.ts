import { assert } from "../kit/assert.js";
import { KeyedHeap } from "../kit/keyed-heap.js";
import { type PlainState, plainState, restorePlainState, type Stateful } from "../kit/plain-state.js";
import type { Discipline, Scenario } from "../model/scenario.js";
import type { TaskTable } from "./task-table.js";

/** Fields that are no state, or that `save` sees to. */
const NO_FIELDS = ["tasks", "lines", "names", "pools"];
const SORTED: readonly Discipline[] = ["sjf", "priority", "priority-preemptive", "srpt", "psjf"];

/**
 * Queues and who waits in them. Queue p is that of pool p alone (early binding); central queues, which several pools serve
 * (late binding), come after. A pool's own queue is an intrusive list through the task columns, so that a task leaves from
 * anywhere in O(1), or a heap where the discipline sorts. A central queue has a line a task type, each a heap, so that
 * who was stopped goes back to the place that it had.
 */
export class QueueTable implements Stateful {
  readonly count: number;
  readonly names: readonly string[];
  /** Pools that serve each. */
  readonly pools: readonly Int32Array[];
  readonly central: Uint8Array;
  readonly capacity: Float64Array;
  /** Whether every pool has a queue of its own, and none can be full: who routes may then take any pool. */
  readonly allOpen: boolean;
  private readonly ranked: Uint8Array;
  readonly lifo: Uint8Array;
  /** 1 where less rank, that is more priority, goes first. */
  readonly byPriority: Uint8Array;
  readonly idling: Uint8Array;
  readonly reallocates: Uint8Array;
  readonly duplicates: Uint8Array;
  readonly reconsiders: Uint8Array;
  /** The waiting tasks, sorted, where the discipline needs it; null where a list will do. */
  readonly sorted: readonly (KeyedHeap | null)[];
  /** The lines of a central queue, by task type; they come into being with the first task of their type. */
  readonly lines: readonly (KeyedHeap | undefined)[][];
  readonly waiting: Int32Array;
  readonly head: Int32Array;
  readonly tail: Int32Array;
  /** Sizes of the tasks waiting, summed, where somebody may ask for it. */
  readonly queuedWork: Float64Array;
  /** Sizes of all tasks that ever came, summed, where somebody may ask for it. */
  readonly arrivedWork: Float64Array;
  /** 1 while a dispatch decision is due; and while one round of them, which ends with WAIT or with no pair left, is on. */
  readonly asked: Uint8Array;
  readonly inRound: Uint8Array;
  private readonly countsWork: boolean;

  constructor(
    { pools, queues = [], decide }: Scenario,
    private readonly tasks: TaskTable,
  ) {
    const own = pools.length;
    this.count = own + queues.length;
    this.names = [...pools.map(({ name }) => name), ...queues.map(({ name }) => name)];
    this.pools = [
      ...pools.map((_, p) => Int32Array.of(p)),
      ...queues.map((queue) => Int32Array.from(queue.pools)),
    ];
    const flags = (ofCentral: (queue: NonNullable<typeof queues>[number]) => boolean) =>
      Uint8Array.from({ length: this.count }, (_, q) => (q >= own && ofCentral(queues[q - own]!) ? 1 : 0));
    this.central = flags(() => true);
    this.idling = flags((queue) => queue.idling === true);
    this.reallocates = flags((queue) => queue.reallocate === true);
    this.duplicates = flags((queue) => queue.duplicates === true);
    this.reconsiders = flags((queue) => queue.reconsider === true);
    this.byPriority = flags((queue) => queue.discipline === "priority");
    this.capacity = Float64Array.from({ length: this.count }, (_, q) =>
      q < own ? pools[q]!.capacity : (queues[q - own]!.capacity ?? Number.POSITIVE_INFINITY),
    );
    this.allOpen = queues.length === 0 && this.capacity.every((most) => most === Number.POSITIVE_INFINITY);
    this.lifo = new Uint8Array(this.count);
    // Where the policy dispatches, it is shown a pool's queue in order of arrival.
    const asked = decide.includes("dispatch");
    this.sorted = Array.from({ length: this.count }, (_, q) => {
      if (q >= own) return null;
      const { discipline } = pools[q]!;
      this.lifo[q] = discipline === "lifo" ? 1 : 0;
      this.byPriority[q] = discipline === "priority" || discipline === "priority-preemptive" ? 1 : 0;
      return !asked && SORTED.includes(discipline) ? new KeyedHeap(() => tasks.place) : null;
    });
    this.ranked = Uint8Array.from(this.sorted, (heap, q) => (heap !== null || q >= own ? 1 : 0));
    this.lines = Array.from({ length: this.count }, () => []);
    this.waiting = new Int32Array(this.count);
    this.head = new Int32Array(this.count).fill(-1);
    this.tail = new Int32Array(this.count).fill(-1);
    this.queuedWork = new Float64Array(this.count);
    this.arrivedWork = new Float64Array(this.count);
    this.asked = new Uint8Array(this.count);
    this.inRound = new Uint8Array(this.count);
    this.countsWork = decide.length > 0;
  }

  /** Whether it is a pool's own queue, a list that is never full and is served from its head. */
  isPlain(queue: number): boolean {
    const listed = this.ranked[queue] === 0 && this.lifo[queue] === 0;
    return listed && this.capacity[queue] === Number.POSITIVE_INFINITY;
  }

  /** Whether a task's place in the queue hangs on its rank and order. */
  ranks(queue: number): boolean {
    return this.ranked[queue] === 1;
  }

  /** The task that is served next where nobody is asked. The queue must not be empty, and not be a central one. */
  next(queue: number): number {
    const sorted = this.sorted[queue]!;
    if (sorted !== null) return sorted.first;
    return this.lifo[queue] === 1 ? this.tail[queue]! : this.head[queue]!;
  }

  /** Puts a task into a queue: at its place in a sorted one, at the tail of a list. */
  add(queue: number, task: number, line: number): void {
    const heap = this.ranked[queue] === 1 ? this.heap(queue, line) : null;
    if (heap === null) this.append(queue, task);
    else {
      heap.add(task, this.tasks.rank[task]!, this.tasks.order[task]!);
      this.came(queue, task);
    }
  }

  /** Puts a task at the tail of a list. */
  append(queue: number, task: number): void {
    const { next, previous } = this.tasks;
    const tail = this.tail[queue]!;
    previous[task] = tail;
    next[task] = -1;
    if (tail < 0) this.head[queue] = task;
    else next[tail] = task;
    this.tail[queue] = task;
    this.came(queue, task);
  }

  /** Takes the task at the head of a list, which must not be empty. */
  shift(queue: number): number {
    const { next, previous } = this.tasks;
    const task = this.head[queue]!;
    const second = next[task]!;
    this.head[queue] = second;
    if (second < 0) this.tail[queue] = -1;
    else previous[second] = -1;
    this.went(queue, task);
    return task;
  }

  /** Puts back a task that was served: where it is served next of all in a list, at its place in a sorted queue. */
  addBack(queue: number, task: number, line: number): void {
    if (this.ranks(queue) || this.lifo[queue] === 1 || this.head[queue]! < 0) {
      this.add(queue, task, line);
      return;
    }
    const { next, previous } = this.tasks;
    const head = this.head[queue]!;
    next[task] = head;
    previous[task] = -1;
    previous[head] = task;
    this.head[queue] = task;
    this.came(queue, task);
  }

  /** Takes a task out of its queue, wherever it stands. */
  remove(queue: number, task: number, line: number): void {
    const heap = this.ranked[queue] === 1 ? this.heap(queue, line) : null;
    if (heap !== null) heap.remove(task);
    else {
      const next = this.tasks.next[task]!;
      const previous = this.tasks.previous[task]!;
      if (previous < 0) this.head[queue] = next;
      else this.tasks.next[previous] = next;
      if (next < 0) this.tail[queue] = previous;
      else this.tasks.previous[next] = previous;
    }
    this.went(queue, task);
  }

  private came(queue: number, task: number): void {
    this.waiting[queue]!++;
    if (this.countsWork) this.queuedWork[queue]! += this.tasks.size[task]!;
  }

  private went(queue: number, task: number): void {
    const left = this.waiting[queue]! - 1;
    assert(left >= 0, "a queue has fewer than no tasks waiting");
    this.waiting[queue] = left;
    // An empty queue holds exactly nothing: rounding must not pile up over a long run.
    if (this.countsWork)
      this.queuedWork[queue] = left === 0 ? 0 : this.queuedWork[queue]! - this.tasks.size[task]!;
  }

  /** What is not in fields that can be copied as they are: lines that have come into being. */
  save(): PlainState {
    const lines = this.lines.map((of) => of.map((line) => (line === undefined ? null : plainState(line))));
    return { fields: plainState(this, NO_FIELDS), lines };
  }

  restore(state: PlainState): void {
    const { fields, lines } = state as { fields: PlainState; lines: (PlainState | null)[][] };
    restorePlainState(this, fields);
    lines.forEach((of, queue) => {
      this.lines[queue]!.length = 0;
      of.forEach((line, type) => {
        if (line === null) this.lines[queue]!.push(undefined);
        else restorePlainState(this.line(queue, type), line);
      });
    });
  }

  /** Where the waiting tasks of a ranked queue stand: of a central one, those of a line. */
  private heap(queue: number, line: number): KeyedHeap {
    return this.sorted[queue]! ?? this.line(queue, line);
  }

  private line(queue: number, type: number): KeyedHeap {
    const lines = this.lines[queue]!;
    while (lines.length <= type) lines.push(undefined);
    return (lines[type] ??= new KeyedHeap(() => this.tasks.place));
  }
}
