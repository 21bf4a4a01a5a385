/**
 * The event calendar: a 4-ary heap over typed arrays, ordered by time and then by the order of scheduling, so that
 * order is total and a run is the same run every time. Four children a node halve the depth of a binary heap and keep
 * a node's children on one cache line (Larkin, Sen and Tarjan 2014, "A back-to-basics empirical study of priority
 * queues"). Scheduling and taking the next event are O(log n) and allocate nothing but on growth.
 *
 * An event is two integers: what happens (`kind`), to what (`subject`). Cancellation is the owner's: it bumps the
 * subject's stamp, and an event whose stamp is stale is passed over when its time comes.
 */
export class Calendar {
  private size_ = 0;
  private scheduled = 0;
  private at_: Float64Array;
  private order: Float64Array;
  private kind_: Int32Array;
  private subject_: Int32Array;
  private stamp_: Int32Array;

  /** The event last taken. */
  kind = 0;
  subject = 0;
  stamp = 0;

  constructor(capacity = 64) {
    this.at_ = new Float64Array(capacity);
    this.order = new Float64Array(capacity);
    this.kind_ = new Int32Array(capacity);
    this.subject_ = new Int32Array(capacity);
    this.stamp_ = new Int32Array(capacity);
  }

  get size(): number {
    return this.size_;
  }

  /** Time of the earliest event; Infinity where there is none. */
  nextAt(): number {
    return this.size_ > 0 ? this.at_[0]! : Number.POSITIVE_INFINITY;
  }

  schedule(at: number, kind: number, subject: number, stamp = 0): void {
    if (this.size_ === this.at_.length) this.grow();
    const { at_, order, kind_, subject_, stamp_ } = this;
    let hole = this.size_++;
    // A new event is the latest of its instant, so it moves up past strictly later times only.
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      if (at_[parent]! <= at) break;
      at_[hole] = at_[parent]!;
      order[hole] = order[parent]!;
      kind_[hole] = kind_[parent]!;
      subject_[hole] = subject_[parent]!;
      stamp_[hole] = stamp_[parent]!;
      hole = parent;
    }
    at_[hole] = at;
    order[hole] = this.scheduled++;
    kind_[hole] = kind;
    subject_[hole] = subject;
    stamp_[hole] = stamp;
  }

  /** Takes the earliest event into `kind`, `subject` and `stamp`. There must be one. */
  take(): void {
    const { at_, order, kind_, subject_, stamp_ } = this;
    this.kind = kind_[0]!;
    this.subject = subject_[0]!;
    this.stamp = stamp_[0]!;
    const last = --this.size_;
    if (last === 0) return;
    const at = at_[last]!;
    const serial = order[last]!;
    let hole = 0;
    for (;;) {
      const first = (hole << 2) + 1;
      if (first >= last) break;
      let least = first;
      let leastAt = at_[first]!;
      const end = Math.min(first + 4, last);
      for (let c = first + 1; c < end; c++) {
        const t = at_[c]!;
        if (t < leastAt || (t === leastAt && order[c]! < order[least]!)) {
          least = c;
          leastAt = t;
        }
      }
      if (leastAt > at || (leastAt === at && order[least]! > serial)) break;
      at_[hole] = leastAt;
      order[hole] = order[least]!;
      kind_[hole] = kind_[least]!;
      subject_[hole] = subject_[least]!;
      stamp_[hole] = stamp_[least]!;
      hole = least;
    }
    at_[hole] = at;
    order[hole] = serial;
    kind_[hole] = kind_[last]!;
    subject_[hole] = subject_[last]!;
    stamp_[hole] = stamp_[last]!;
  }

  private grow(): void {
    const capacity = this.at_.length * 2;
    this.at_ = grown(this.at_, new Float64Array(capacity));
    this.order = grown(this.order, new Float64Array(capacity));
    this.kind_ = grown(this.kind_, new Int32Array(capacity));
    this.subject_ = grown(this.subject_, new Int32Array(capacity));
    this.stamp_ = grown(this.stamp_, new Int32Array(capacity));
  }
}

function grown<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
