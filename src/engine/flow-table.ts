import type { TaskGraph } from "../model/task-graph.js";
import { resized } from "./columns.js";

/** State of a workflow. */
export const GONE = 0;
export const LIVE = 1;
/** Submitted, and an `admit` decision about it is due. */
export const AT_THE_DOOR = 2;
/** Failed, and undoing what had succeeded (saga). */
export const COMPENSATING = 3;

/** Workflows in the system, those that run as the body of another's task among them. Columns with a free list. */
export class FlowTable {
  graph: TaskGraph[] = [];
  /** Who submitted it, and its number there: telemetry tells it by them. Those of the workflow it is part of, where it is one. */
  source = new Int32Array(0);
  serial = new Int32Array(0);
  /** With the seed and the source, all that its draws depend on: its number, or a hash of its place in another workflow. */
  key = new Int32Array(0);
  submittedAt = new Float64Array(0);
  dueAt = new Float64Array(0);
  /** Its first task's slot. */
  first = new Int32Array(0);
  /** Tasks not yet done. */
  left = new Int32Array(0);
  state = new Uint8Array(0);
  /** What its last task that answered something answered: an index into the scenario's values; -1 before. */
  value = new Int32Array(0);
  /** The task whose body it is, -1 for a workflow of its own; its neighbours among that task's children. */
  parent = new Int32Array(0);
  sibling = new Int32Array(0);
  elder = new Int32Array(0);
  stamp = new Int32Array(0);
  private used = 0;
  private readonly free: number[] = [];

  allocate(): number {
    const slot = this.free.pop();
    if (slot !== undefined) return slot;
    if (this.used === this.source.length) this.grow();
    return this.used++;
  }

  /**
   * Reads what the end of a workflow reads, and what is written of the next one in its slot.
   * @returns a number without meaning, so that it is read
   */
  fetch(flow: number): number {
    const where = this.first[flow]! + this.left[flow]! + this.parent[flow]! + this.graph[flow]!.count;
    const who = this.source[flow]! + this.serial[flow]! + this.submittedAt[flow]! + this.dueAt[flow]!;
    return where + who + this.key[flow]! + this.state[flow]! + this.stamp[flow]!;
  }

  release(flow: number): void {
    this.state[flow] = GONE;
    this.stamp[flow]!++;
    this.free.push(flow);
  }

  /** Slots ever used: those beyond hold nothing. */
  get extent(): number {
    return this.used;
  }

  private grow(): void {
    const capacity = Math.max(64, this.source.length * 2);
    this.source = resized(this.source, capacity);
    this.serial = resized(this.serial, capacity);
    this.key = resized(this.key, capacity);
    this.submittedAt = resized(this.submittedAt, capacity);
    this.dueAt = resized(this.dueAt, capacity);
    this.first = resized(this.first, capacity);
    this.left = resized(this.left, capacity);
    this.state = resized(this.state, capacity);
    this.value = resized(this.value, capacity, -1);
    this.parent = resized(this.parent, capacity, -1);
    this.sibling = resized(this.sibling, capacity);
    this.elder = resized(this.elder, capacity);
    this.stamp = resized(this.stamp, capacity);
  }
}
