import { FarEvents, MANY } from "./far-events.js";

/**
 * The event calendar: a 4-ary heap over typed arrays, ordered by time and then by the order of scheduling, so that order is
 * total and a run is the same run every time. Scheduling and taking the next event are O(log n) and allocate nothing but on
 * growth. Three things make it quick:
 *
 * - Four children a node halve the depth of a binary heap and stand side by side (Larkin, Sen and Tarjan 2014, "A
 *   back-to-basics empirical study of priority queues"), and the earliest of them is found without a branch that a processor
 *   would have to guess.
 * - The heap moves times and slots; what an event is stays in its slot.
 * - `take` leaves the root open. Most events schedule the one that follows them, and that one sinks from there: one way
 *   through the heap where there were two.
 *
 * Where there are many events, those that are far off wait in buckets until their time is near (`FarEvents`): the heap has the
 * few that come first.
 *
 * An event is two integers: what happens (`kind`), to what (`subject`). To cancel it is its owner's: it bumps the subject's
 * stamp, passes over an event whose stamp is stale when its time comes, and says `cancelled`, which keeps these few.
 */
export class Calendar {
  /** Places of the heap in use, an open root among them. */
  private used = 0;
  /** 1 where the root's event has been taken and nothing stands in its place yet. */
  private open = 0;
  private scheduled = 0;
  private cancellations = 0;
  /**
   * By place in the heap. Places not in use hold NaN, which comes before nothing; there are always some at the end. The root
   * of an empty heap holds Infinity: so the next time is read off it.
   */
  private at_: Float64Array;
  private slot: Int32Array;
  /** By slot. */
  private order: Float64Array;
  private what: Int32Array;
  /** Slots not in use, from place `used` on. */
  private free: Int32Array;

  /** Events that come after all of the heap. */
  private readonly far = new FarEvents();

  /** What `look` saw. */
  nextAt = Number.POSITIVE_INFINITY;
  /** The event last taken, and its time: read here, where a double that is handed over would be allocated. */
  at = 0;
  kind = 0;
  subject = 0;
  stamp = 0;

  /** Time of the event that enters next, for who schedules one at every step: handed to `schedule`, it may be allocated. */
  when = 0;

  /** @param cameNear is told of events that were far off, dozens at a time, before the first of them comes */
  constructor(
    capacity = 64,
    private readonly cameNear?: (kind: number, subject: number, stamp: number) => void,
  ) {
    this.at_ = new Float64Array(capacity + CHILDREN).fill(Number.NaN);
    this.at_[0] = Number.POSITIVE_INFINITY;
    this.slot = new Int32Array(capacity + CHILDREN);
    this.order = new Float64Array(capacity);
    this.what = new Int32Array(capacity * WORDS);
    this.free = Int32Array.from({ length: capacity }, (_, slot) => slot);
  }

  get size(): number {
    return this.used - this.open + this.far.size;
  }

  /** Sets `nextAt` to the time of the earliest event; Infinity where there is none. */
  look(): void {
    if (this.open === 1) this.close();
    this.nextAt = this.at_[0]!;
  }

  schedule(at: number, kind: number, subject: number, stamp = 0): void {
    this.when = at;
    this.enter(kind, subject, stamp);
  }

  /** Takes the earliest event into `at`, `kind`, `subject` and `stamp`. There must be one. */
  take(): void {
    if (this.open === 1) this.close();
    const { what } = this;
    const word = this.slot[0]! * WORDS;
    this.at = this.at_[0]!;
    this.kind = what[word]!;
    this.subject = what[word + 1]!;
    this.stamp = what[word + 2]!;
    this.open = 1;
  }

  /**
   * An event that is still to come has become stale. Where half of all may be, all that are stale leave: so there are never
   * more than that and a few, at O(1) a cancellation on average.
   */
  cancelled(isStale: (kind: number, subject: number, stamp: number) => boolean): void {
    if (++this.cancellations <= FEW || 2 * this.cancellations <= this.size) return;
    this.cancellations = 0;
    if (this.open === 1) this.close();
    this.far.sweep(isStale);
    const { what, slot } = this;
    this.keep((place) => {
      const word = slot[place]! * WORDS;
      return !isStale(what[word]!, what[word + 1]!, what[word + 2]!);
    });
  }

  /** All events leave, whatever they are. */
  clear(): void {
    if (this.open === 1) this.close();
    for (let place = this.used - 1; place >= 0; place--) this.free[place] = this.slot[place]!;
    this.at_.fill(Number.NaN, 0, this.used);
    this.at_[0] = Number.POSITIVE_INFINITY;
    this.used = 0;
    this.cancellations = 0;
    this.far.clear();
  }

  /** As `schedule`, at `when`. */
  enter(kind: number, subject: number, stamp: number): void {
    if (this.far.begun === 1 && this.far.isFar(this.when)) {
      this.far.add(this.when, this.scheduled++, kind, subject, stamp);
      return;
    }
    if (this.open === 1) {
      this.open = 0;
      const slot = this.slot[0]!;
      this.write(slot, this.scheduled++, kind, subject, stamp);
      this.sink(0, slot);
      return;
    }
    if (this.used === this.free.length) {
      const at = this.when;
      if (this.makeRoom(at)) {
        this.schedule(at, kind, subject, stamp);
        return;
      }
      // What made room moved events of its own.
      this.when = at;
    }
    const slot = this.free[this.used]!;
    this.write(slot, this.scheduled++, kind, subject, stamp);
    this.rise(this.used++, slot);
  }

  /** The last event of the heap takes the open root's place. */
  private close(): void {
    this.open = 0;
    const last = --this.used;
    this.free[last] = this.slot[0]!;
    this.when = this.at_[last]!;
    this.at_[last] = Number.NaN;
    if (last > 0) this.sink(0, this.slot[last]!);
    else this.refill();
  }

  /** The heap is empty: those of the events that are far off which come first come near. */
  private refill(): void {
    const { far } = this;
    this.at_[0] = Number.POSITIVE_INFINITY;
    if (far.size === 0) return;
    let left = far.open();
    while (this.free.length < left) this.grow();
    const { at_, slot, free } = this;
    const { rows, words } = far;
    for (; left > 0; left--) {
      const row = far.shift();
      const place = this.used++;
      const s = free[place]!;
      at_[place] = rows[row]!;
      slot[place] = s;
      const word = 2 * row + 4;
      this.write(s, rows[row + 1]!, words[word]!, words[word + 1]!, words[word + 2]!);
      this.cameNear?.(words[word]!, words[word + 1]!, words[word + 2]!);
    }
    this.heapify();
  }

  /** Only events of which that is asked for stay in the heap. */
  private keep(stays: (place: number) => boolean): void {
    const { at_, slot, free, used } = this;
    let kept = 0;
    for (let place = 0; place < used; place++) {
      if (stays(place)) {
        at_[kept] = at_[place]!;
        slot[kept++] = slot[place]!;
      } else free[--this.used] = slot[place]!;
    }
    at_.fill(Number.NaN, kept, used);
    if (kept === 0) this.refill();
    else this.heapify();
  }

  /** Floyd 1964, "Algorithm 245: Treesort 3": from the last parent up. */
  private heapify(): void {
    const { at_, slot } = this;
    for (let place = (this.used - 2) >> 2; place >= 0; place--) {
      this.when = at_[place]!;
      this.sink(place, slot[place]!);
    }
  }

  /** The heap is full. @returns whether an event of a time may be far off now */
  private makeRoom(at: number): boolean {
    const { at_, slot, order, what, far, used } = this;
    if (used >= MANY && far.begun === 0 && far.begin(at_, used)) {
      this.keep((place) => {
        if (!far.isFar(at_[place]!)) return true;
        const s = slot[place]!;
        const word = s * WORDS;
        far.add(at_[place]!, order[s]!, what[word]!, what[word + 1]!, what[word + 2]!);
        return false;
      });
    }
    if (this.used === this.free.length) this.grow();
    return this.far.begun === 1 && far.isFar(at);
  }

  private write(slot: number, order: number, kind: number, subject: number, stamp: number): void {
    const { what } = this;
    const word = slot * WORDS;
    what[word] = kind;
    what[word + 1] = subject;
    what[word + 2] = stamp;
    this.order[slot] = order;
  }

  private rise(from: number, s: number): void {
    const { at_, slot, when: at } = this;
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      // A new event is the latest of its instant, so it moves up past strictly later times only.
      if (at_[parent]! <= at) break;
      at_[hole] = at_[parent]!;
      slot[hole] = slot[parent]!;
      hole = parent;
    }
    at_[hole] = at;
    slot[hole] = s;
  }

  private sink(from: number, s: number): void {
    const { at_, slot, order, used, when: at } = this;
    let hole = from;
    for (;;) {
      const first = (hole << 2) + 1;
      if (first >= used) break;
      const least = first + 1 < used ? earliestOfFour(at_, slot, order, first) : first;
      const leastAt = at_[least]!;
      if (leastAt > at || (leastAt === at && order[slot[least]!]! > order[s]!)) break;
      at_[hole] = leastAt;
      slot[hole] = slot[least]!;
      hole = least;
    }
    at_[hole] = at;
    slot[hole] = s;
  }

  private grow(): void {
    const capacity = this.free.length * 2;
    const at = new Float64Array(capacity + CHILDREN).fill(Number.NaN);
    at.set(this.at_.subarray(0, this.used));
    this.at_ = at;
    this.slot = grown(this.slot, new Int32Array(capacity + CHILDREN));
    this.order = grown(this.order, new Float64Array(capacity));
    this.what = grown(this.what, new Int32Array(capacity * WORDS));
    const free = Int32Array.from({ length: capacity }, (_, slot) => slot);
    free.set(this.free);
    this.free = free;
  }
}

const CHILDREN = 4;
/** Words of a slot: kind, subject, stamp, and one that keeps slots on one cache line. */
const WORDS = 4;
/** So many stale events cost nothing that matters. */
const FEW = 32;

function earliestOfFour(at: Float64Array, slot: Int32Array, order: Float64Array, first: number): number {
  const low = earlier(at, slot, order, first, first + 1);
  const high = earlier(at, slot, order, first + 2, first + 3);
  return earlier(at, slot, order, low, high);
}

/**
 * Of two places the one whose event is earlier; the first where the second is not in use. Which one it is cannot be guessed, so
 * it is computed; that two times are equal is rare, or else common, and can.
 */
function earlier(
  at: Float64Array,
  slot: Int32Array,
  order: Float64Array,
  first: number,
  second: number,
): number {
  const a = at[first]!;
  const b = at[second]!;
  if (a === b) return order[slot[second]!]! < order[slot[first]!]! ? second : first;
  return first ^ ((first ^ second) & -Number(b < a));
}

function grown<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
