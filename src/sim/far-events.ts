import { type PlainState, plainState, restorePlainState, type Stateful } from "../kit/plain-state.js";

/** Fewer events than this are quicker in a heap by themselves. */
export const MANY = 4096;
/** Events of a bucket on average. */
const CROWD = 64;
/** Events of a chunk, which are read and written one after the other. */
const CHUNK = 16;
/** Doubles of an event's row: its time, its order, and two that hold its kind, subject and stamp as 32-bit words. */
const ROW = 4;
/** Times looked at to tell how far the future reaches. */
const SAMPLE = 64;
/** Fields that follow from others, or are of the moment. */
const NO_STATE = ["words", "sample"];

/**
 * Events that are far off. They stand in buckets of equal spans of time, unsorted: a bucket is sorted when its turn comes
 * (Brown 1988, "Calendar queues"; Tang, Goh and Thng 2005, "Ladder queue"). So each is written once, behind the one before, and
 * read once, with its neighbours, where in a heap of a million every event is found by some misses of the cache one after the
 * other, each of which takes as long as all the rest.
 *
 * The buckets make up a year. What lies beyond it is dealt out anew when it is over.
 */
export class FarEvents implements Stateful {
  size = 0;
  /** 1 while there is a year, so that events may be far off. */
  begun = 0;
  /** Rows of events, and the same as 32-bit words. */
  rows = new Float64Array(0);
  words = new Int32Array(0);
  /** An event's bucket is (time - start) x perSecond, rounded down. Those from `next` on are far. */
  private start = 0;
  private perSecond = 0;
  private next = 1;
  /** The bucket of all that lies beyond the year. */
  private last = 1;
  /** By bucket: how many events it has, and its first and last chunk. */
  private counts = new Int32Array(2);
  private heads = new Int32Array(2);
  private tails = new Int32Array(2);
  /** By chunk: the one that follows in its bucket, or among those that are free, of which `free` is the first. */
  private following = new Int32Array(0);
  private free = -1;
  /** What is left of the bucket that is open, and where. */
  private left = 0;
  private chunk = -1;
  private place = 0;
  private readonly sample = new Float64Array(SAMPLE);

  /** Whether an event is far off. Only while a year is `begun`. */
  isFar(at: number): boolean {
    return (at - this.start) * this.perSecond >= this.next;
  }

  /** An event that is far off is added. */
  add(at: number, order: number, kind: number, subject: number, stamp: number): void {
    const row = this.append(this.bucketOf(at));
    const { rows, words } = this;
    rows[row] = at;
    rows[row + 1] = order;
    words[2 * row + 4] = kind;
    words[2 * row + 5] = subject;
    words[2 * row + 6] = stamp;
  }

  /**
   * A year begins, and events after its first bucket are far off from now on; unless half of all lie at one instant, or at none.
   * @param times of the events that there are, so many of them, the earliest first
   * @returns whether it has begun
   */
  begin(times: Float64Array, count: number): boolean {
    const first = times[0]!;
    for (let i = 0; i < SAMPLE; i++) this.sample[i] = times[Math.floor((i * count) / SAMPLE)]!;
    const span = this.spanFrom(first, count);
    if (span === 0) return false;
    this.divide(first, span, count);
    this.next = 1;
    return true;
  }

  /** Opens the earliest bucket that has events, to be read by `shift`. There must be one. @returns how many it has */
  open(): number {
    this.skipEmpty();
    if (this.next === this.last && this.dealBeyond()) this.skipEmpty();
    return this.openBucket(this.next === this.last ? this.last : this.next++);
  }

  /** Takes an event out of the bucket that is open. @returns its row, which holds it until the next one is taken or added */
  shift(): number {
    const { chunk, following } = this;
    const row = rowOf(chunk, this.place++);
    if (--this.left === 0 || this.place === CHUNK) {
      this.chunk = following[chunk]!;
      this.place = 0;
      following[chunk] = this.free;
      this.free = chunk;
    }
    return row;
  }

  /** Events that are stale leave. */
  sweep(isStale: (kind: number, subject: number, stamp: number) => boolean): void {
    for (let bucket = this.next; bucket <= this.last; bucket++) {
      for (let left = this.openBucket(bucket); left > 0; left--) {
        const row = this.shift();
        const { words } = this;
        const word = 2 * row + 4;
        if (!isStale(words[word]!, words[word + 1]!, words[word + 2]!)) this.copy(row, bucket);
      }
    }
  }

  clear(): void {
    this.sweep(() => true);
    this.endYear();
  }

  save(): PlainState {
    return plainState(this, NO_STATE);
  }

  restore(state: PlainState): void {
    restorePlainState(this, state);
    this.words = new Int32Array(this.rows.buffer);
  }

  private bucketOf(at: number): number {
    const bucket = (at - this.start) * this.perSecond;
    return bucket < this.last ? Math.floor(bucket) : this.last;
  }

  private skipEmpty(): void {
    while (this.next < this.last && this.counts[this.next] === 0) this.next++;
  }

  private openBucket(bucket: number): number {
    const count = this.counts[bucket]!;
    this.counts[bucket] = 0;
    this.size -= count;
    this.left = count;
    this.chunk = this.heads[bucket]!;
    this.place = 0;
    return count;
  }

  /** The year is over, and what lies beyond it makes up the next. False where that is too little, or no year can be. */
  private dealBeyond(): boolean {
    const { last, rows, following, sample } = this;
    const count = this.counts[last]!;
    this.endYear();
    if (count < MANY) return false;
    let first = Number.POSITIVE_INFINITY;
    let sampled = 0;
    for (let i = 0, chunk = this.heads[last]!; i < count; i++) {
      const at = rows[rowOf(chunk, i % CHUNK)]!;
      if (at < first) first = at;
      if (i === Math.floor((sampled * count) / SAMPLE)) sample[sampled++] = at;
      if (i % CHUNK === CHUNK - 1) chunk = following[chunk]!;
    }
    const span = this.spanFrom(first, count);
    if (span === 0) return false;
    this.openBucket(last);
    this.divide(first, span, count);
    for (let left = count; left > 0; left--) {
      const row = this.shift();
      this.copy(row, this.bucketOf(this.rows[row]!));
    }
    return true;
  }

  /** Twice the time from the first event to the median of the sample; 0 where that is none, or endless. */
  private spanFrom(first: number, count: number): number {
    const span = 2 * (this.sample.sort()[SAMPLE / 2]! - first);
    return Number.isFinite(span) && Number.isFinite(count / span) ? span : 0;
  }

  /** A year of so many events begins. All buckets are empty. */
  private divide(first: number, span: number, count: number): void {
    const buckets = Math.ceil(count / CROWD);
    if (this.counts.length <= buckets) {
      this.counts = new Int32Array(buckets + 1);
      this.heads = new Int32Array(buckets + 1);
      this.tails = new Int32Array(buckets + 1);
    }
    this.begun = 1;
    this.start = first;
    this.perSecond = buckets / span;
    this.next = 0;
    this.last = buckets;
  }

  private endYear(): void {
    this.begun = 0;
    this.next = this.last;
  }

  private copy(from: number, bucket: number): void {
    const to = this.append(bucket);
    const { rows, words } = this;
    rows[to] = rows[from]!;
    rows[to + 1] = rows[from + 1]!;
    for (let word = 4; word < 7; word++) words[2 * to + word] = words[2 * from + word]!;
  }

  /** @returns the row for one more event of a bucket, behind all others of it */
  private append(bucket: number): number {
    const place = this.counts[bucket]!++ % CHUNK;
    if (place === 0) {
      const chunk = this.freeChunk();
      if (this.counts[bucket] === 1) this.heads[bucket] = chunk;
      else this.following[this.tails[bucket]!] = chunk;
      this.tails[bucket] = chunk;
    }
    this.size++;
    return rowOf(this.tails[bucket]!, place);
  }

  private freeChunk(): number {
    if (this.free < 0) this.grow();
    const chunk = this.free;
    this.free = this.following[chunk]!;
    return chunk;
  }

  private grow(): void {
    const before = this.following.length;
    const chunks = Math.max(64, 2 * before);
    const rows = new Float64Array(rowOf(chunks, 0));
    rows.set(this.rows);
    this.rows = rows;
    this.words = new Int32Array(rows.buffer);
    const following = Int32Array.from({ length: chunks }, (_, chunk) =>
      chunk + 1 < chunks ? chunk + 1 : -1,
    );
    following.set(this.following);
    this.following = following;
    this.free = before;
  }
}

const rowOf = (chunk: number, place: number): number => ROW * (CHUNK * chunk + place);
