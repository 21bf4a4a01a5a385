import { KeyedHeap } from "../kit/keyed-heap.js";

/** Servers that all tasks present share by some rule. The owner schedules what happens next, and bumps the stamp when that changes. */
export interface Sharing {
  stamp: number;
  /** @param work seconds at speed 1 */
  add(now: number, attempt: number, work: number): void;
  remove(now: number, attempt: number): void;
  /** When something happens if nobody comes or leaves; Infinity where nothing does. */
  nextAt(): number;
  /** Takes out the one that ends now; -1 where nobody does, but shares change. */
  takeFirst(now: number): number;
  /** The servers are now so many, and so fast. */
  change(now: number, servers: number, speed: number): void;
}

/**
 * Processor sharing: every task present is served at once, at speed min(1, servers / present) times the pool's. Kept by the
 * service that each has been given since the start ("virtual time"): it is the same for all, so who ends first does not
 * change when others come and go, and every change is O(log n). (Parekh and Gallager 1993 have the idea for packets.)
 */
export class SharedServers implements Sharing {
  stamp = 0;
  /** Service that a task present since the start would have had, seconds at speed 1. */
  private given = 0;
  private since = 0;
  private added = 0;
  private positions = new Int32Array(64);
  private readonly ends = new KeyedHeap(() => this.positions);

  constructor(
    private servers: number,
    private speed: number,
  ) {}

  add(now: number, attempt: number, work: number): void {
    this.advance(now);
    if (attempt >= this.positions.length) {
      const wider = new Int32Array(2 * attempt);
      wider.set(this.positions);
      this.positions = wider;
    }
    this.ends.add(attempt, this.given + work, this.added++);
  }

  remove(now: number, attempt: number): void {
    this.advance(now);
    this.ends.remove(attempt);
  }

  nextAt(): number {
    if (this.ends.size === 0 || this.rate() === 0) return Number.POSITIVE_INFINITY;
    return this.since + Math.max(0, this.ends.firstKey - this.given) / this.rate();
  }

  takeFirst(now: number): number {
    this.advance(now);
    const { first } = this.ends;
    this.ends.remove(first);
    return first;
  }

  change(now: number, servers: number, speed: number): void {
    this.advance(now);
    this.servers = servers;
    this.speed = speed;
  }

  private advance(now: number): void {
    // An empty pool starts anew, so that the sum does not grow without end.
    if (this.ends.size === 0) this.given = 0;
    else this.given += (now - this.since) * this.rate();
    this.since = now;
  }

  private rate(): number {
    return this.speed * Math.min(1, this.servers / this.ends.size);
  }
}
