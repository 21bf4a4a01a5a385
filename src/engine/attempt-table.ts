import { resized } from "./columns.js";

/** Marks of an attempt: it has been seen to straggle. */
export const STRAGGLING = 1;
/** Its server is changing over for it, as a step of its own. */
export const PREPARING = 4;
/** It has been given a second copy: it has no third, whose draws would be the second's. */
export const COPIED = 2;

/** Attempts that run or are held, and cancelled ones that still occupy their server (their task is then -1). */
export class AttemptTable {
  task = new Int32Array(0);
  pool = new Int32Array(0);
  /** The machine it runs on, and what it took of each resource of that (attempt a's at 3 a), in pools that pack. */
  machine = new Int32Array(0);
  took = new Float64Array(0);
  /** When it began. */
  begunAt = new Float64Array(0);
  /** When it began or, where it was held, last went on. */
  startedAt = new Float64Array(0);
  /** Of `STRAGGLING`, `COPIED` and `PREPARING`, those that hold. */
  marks = new Uint8Array(0);
  stamp = new Int32Array(0);
  private used = 0;
  private readonly free: number[] = [];

  allocate(): number {
    const slot = this.free.pop();
    if (slot !== undefined) return slot;
    if (this.used === this.task.length) {
      const capacity = Math.max(64, this.task.length * 2);
      this.task = resized(this.task, capacity);
      this.pool = resized(this.pool, capacity);
      this.machine = resized(this.machine, capacity);
      this.took = resized(this.took, 3 * capacity);
      this.begunAt = resized(this.begunAt, capacity);
      this.startedAt = resized(this.startedAt, capacity);
      this.marks = resized(this.marks, capacity);
      this.stamp = resized(this.stamp, capacity);
    }
    return this.used++;
  }

  /** Slots ever used: those beyond hold nothing. */
  get extent(): number {
    return this.used;
  }

  /** Slots in use, in their order. Not for hot loops: it looks at all. */
  inUse(): number[] {
    const unused = new Set(this.free);
    return Array.from({ length: this.used }, (_, slot) => slot).filter((slot) => !unused.has(slot));
  }

  is(mark: number, attempt: number): boolean {
    return (this.marks[attempt]! & mark) !== 0;
  }

  mark(mark: number, attempt: number, holds = true): void {
    if (holds) this.marks[attempt]! |= mark;
    else this.marks[attempt]! &= ~mark;
  }

  /**
   * Reads what the end of an attempt reads, and what is written of the next one in its slot.
   * @returns a number without meaning, so that it is read
   */
  fetch(attempt: number): number {
    const times = this.begunAt[attempt]! + this.startedAt[attempt]!;
    return times + this.pool[attempt]! + this.marks[attempt]! + this.stamp[attempt]!;
  }

  release(attempt: number): void {
    this.stamp[attempt]!++;
    this.marks[attempt] = 0;
    this.free.push(attempt);
  }
}
