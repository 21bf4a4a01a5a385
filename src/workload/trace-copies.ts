import { KeyedHeap } from "../kit/keyed-heap.js";

/** Workflows of a trace that come once more, later than recorded: by when they come, then in the order in which they were added. */
export class TraceCopies<T> {
  private readonly heap = new KeyedHeap(() => this.places);
  private places = new Int32Array(8);
  /** By slot; a slot beyond the heap's items is free and listed in `free`. */
  private readonly held: (Pending<T> | null)[] = [];
  private readonly free: number[] = [];
  private added = 0;

  /** When the next one comes; Infinity while there is none. */
  get nextAt(): number {
    return this.heap.size > 0 ? this.heap.firstKey : Number.POSITIVE_INFINITY;
  }

  /** There must be one. */
  get next(): T {
    return this.held[this.heap.first]!.what;
  }

  add(at: number, what: T): void {
    const slot = this.free.pop() ?? this.held.length;
    if (slot >= this.places.length) {
      const wider = new Int32Array(this.places.length * 2);
      wider.set(this.places);
      this.places = wider;
    }
    const order = this.added++;
    this.held[slot] = { at, order, what };
    this.heap.add(slot, at, order);
  }

  drop(): void {
    const slot = this.heap.first;
    this.heap.remove(slot);
    // A graph can be large, and the slot may stay free for long.
    this.held[slot] = null;
    this.free.push(slot);
  }

  /** All that are still to come, in the order in which they were added: adding them again gives the same sequence. */
  pending(): { readonly at: number; readonly what: T }[] {
    return this.held.filter((entry) => entry !== null).sort((a, b) => a.order - b.order);
  }
}

interface Pending<T> {
  readonly at: number;
  readonly order: number;
  readonly what: T;
}
