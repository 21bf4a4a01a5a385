import { resized } from "./columns.js";

/** State of a task; the words of the blueprint. */
export const BLOCKED = 0;
/** Ready, and a `route` decision about it is due. */
export const READY = 1;
export const WAITING = 2;
export const RUNNING = 3;
export const BACKING_OFF = 4;
/** Succeeded, failed with someone to hear of it, skipped or cancelled: nothing more will come of it. */
export const DONE = 5;
/** Its body is workflows of its own, which are in the system. */
export const EXPANDED = 6;
/** Its own attempt has failed; what becomes of it is up to its second copy. */
export const DELEGATED = 7;
/** A `branch` or `retry` decision about it is due. */
export const ASKING = 8;

/** What steers a task (`TaskTable.steer`): its next attempt is bound to the pool of the last, or shuns it; or it is to be undone. */
export const ANYWHERE = 0;
export const SAME = 1;
export const OTHER = 2;
export const TO_UNDO = 3;

/**
 * The tasks in the system: columns with free lists, so memory follows what is in flight, not what has passed. A slot's
 * `stamp` changes when its attempt begins and when it is freed: who keeps a slot across time keeps its stamp too, and can
 * tell a stale one.
 */
export class TaskTable {
  flow = new Int32Array(0);
  /** Index in the workflow's graph. */
  node = new Int32Array(0);
  /** What an attempt takes and may do: index into the graph's spec columns. The node's own unless it has alternatives. */
  spec = new Int32Array(0);
  state = new Uint8Array(0);
  /** Edges that must still be met, and edges of which it is not yet known whether they will be. */
  missing = new Int32Array(0);
  undecided = new Int32Array(0);
  /** Attempts begun. */
  attempts = new Int32Array(0);
  /** Queue where it waits, or from which it came to its pool. */
  queue = new Int32Array(0);
  /** Its running or held attempt; -1 where there is none. */
  attempt = new Int32Array(0);
  readyAt = new Float64Array(0);
  /** Work that is left of its attempt as far as known, seconds at speed 1, and what it was given before it was stopped. */
  size = new Float64Array(0);
  given = new Float64Array(0);
  /** Neighbours in the queue. */
  next = new Int32Array(0);
  previous = new Int32Array(0);
  /** What a keyed queue is ordered by, then the order of placing; and where the task stands in a heap or list. */
  rank = new Float64Array(0);
  order = new Float64Array(0);
  place = new Int32Array(0);
  /** Pool of its last attempt, and how that, or what came of it, steers the task. */
  last = new Int32Array(0);
  steer = new Uint8Array(0);
  /** The other copy of a hedged task; -1 where there is none. `copy` is 1 for the second of the two. */
  twin = new Int32Array(0);
  copy = new Uint8Array(0);
  /** Of a task with a body of workflows: those in the system (a list through `FlowTable.sibling`), and how they fared. */
  children = new Int32Array(0);
  childrenLeft = new Int32Array(0);
  childrenGood = new Int32Array(0);
  round = new Int32Array(0);
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

  /**
   * Reads what the end of an attempt reads of its task, and what is written of the next task in its slot.
   * @returns a number without meaning, so that it is read
   */
  fetch(task: number): number {
    const what = this.node[task]! + this.spec[task]! + this.size[task]!;
    const step = this.state[task]! + this.stamp[task]! + this.missing[task]! + this.readyAt[task]!;
    return what + step + this.attempt[task]! + this.attempts[task]! + this.queue[task]! + this.last[task]!;
  }

  release(first: number, count: number): void {
    for (let t = first; t < first + count; t++) this.stamp[t]!++;
    this.free[classOf(count)]!.push(first);
  }

  private grow(): void {
    const capacity = Math.max(64, this.flow.length * 2);
    this.flow = resized(this.flow, capacity);
    this.node = resized(this.node, capacity);
    this.spec = resized(this.spec, capacity);
    this.state = resized(this.state, capacity);
    this.missing = resized(this.missing, capacity);
    this.undecided = resized(this.undecided, capacity);
    this.attempts = resized(this.attempts, capacity);
    this.queue = resized(this.queue, capacity);
    this.attempt = resized(this.attempt, capacity, -1);
    this.readyAt = resized(this.readyAt, capacity);
    this.size = resized(this.size, capacity);
    this.given = resized(this.given, capacity);
    this.next = resized(this.next, capacity);
    this.previous = resized(this.previous, capacity);
    this.rank = resized(this.rank, capacity);
    this.order = resized(this.order, capacity);
    this.place = resized(this.place, capacity);
    this.last = resized(this.last, capacity, -1);
    this.steer = resized(this.steer, capacity);
    this.twin = resized(this.twin, capacity, -1);
    this.copy = resized(this.copy, capacity);
    this.children = resized(this.children, capacity, -1);
    this.childrenLeft = resized(this.childrenLeft, capacity);
    this.childrenGood = resized(this.childrenGood, capacity);
    this.round = resized(this.round, capacity);
    this.stamp = resized(this.stamp, capacity);
  }
}

const classOf = (count: number): number => (count <= 1 ? 0 : 32 - Math.clz32(count - 1));
