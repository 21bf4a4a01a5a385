import { KeyedHeap } from "../kit/keyed-heap.js";

/**
 * Processor sharing: every task present is served at once, at speed min(1, servers / present) times the pool's. Kept by the
 * service that each has been given since the start ("virtual time"): it is the same for all, so who ends first does not
 * change when others come and go, and every change is O(log n). (Parekh and Gallager 1993 have the idea for packets.)
 */
export class SharedServers {
  /** Bumped by the owner when the first to end may have changed. */
  stamp = 0;
  /** Service that a task present since the start would have had, seconds at speed 1. */
  private given = 0;
  private since = 0;
  private added = 0;
  private positions = new Int32Array(64);
  private readonly ends = new KeyedHeap(() => this.positions);

  constructor(
    private readonly servers: number,
    private readonly speed: number,
  ) {}

  /** @param work seconds at speed 1 */
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

  /** When the first ends if nobody comes or leaves; Infinity where nobody is here. */
  nextEnd(): number {
    if (this.ends.size === 0) return Number.POSITIVE_INFINITY;
    return this.since + Math.max(0, this.ends.firstKey - this.given) / this.rate();
  }

  /** Takes out the one that ends now. */
  takeFirst(now: number): number {
    this.advance(now);
    const { first } = this.ends;
    this.ends.remove(first);
    return first;
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
