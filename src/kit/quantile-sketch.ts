import type { PlainState, Stateful } from "./plain-state.js";

/**
 * A mergeable quantile sketch with bounded relative error: DDSketch (Masson, Rim and Lee, VLDB 2019). Values fall into
 * buckets whose bounds are at most a factor gamma = (1 + a) / (1 - a) apart, so a reported quantile is within a share `a` of a
 * true one. Memory is bounded by the range of values, not by how many were added: buckets from 1e-9 to 1e12.
 *
 * Buckets divide every octave evenly, in a power of two (DataDog's "linearly interpolated mapping"): which one a value falls
 * into is the upper bits of the double, and no arithmetic at all.
 */
export class QuantileSketch implements Stateful {
  private readonly buckets: Float64Array;
  /** Bits of the upper word that do not tell buckets apart. */
  private readonly shift: number;
  private readonly lowest: number;
  /** Values that count as 0. */
  zeros = 0;
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;

  /** @param relativeError `a` above, e.g. 0.005 */
  constructor(readonly relativeError = 0.005) {
    // Relative to itself the first bucket of an octave is the widest: 1 + 1 / buckets must not exceed gamma.
    const perOctave = (1 - relativeError) / (2 * relativeError);
    this.shift = 20 - Math.max(0, Math.ceil(Math.log2(perOctave)));
    this.lowest = upperWord(SMALLEST) >>> this.shift;
    this.buckets = new Float64Array((upperWord(LARGEST) >>> this.shift) - this.lowest + 1);
  }

  /** @param value at least 0; below 1e-9 it counts as 0 */
  add(value: number): void {
    float[0] = value;
    this.tally();
  }

  /** Counts the value in `float`: `add` is small enough to be always compiled into its caller, where its argument is no object. */
  private tally(): void {
    const value = float[0]!;
    this.count++;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (value < SMALLEST) this.zeros++;
    else this.buckets[this.bucketOf(bits[1]!)]!++;
  }

  /** @param word the upper one of a value */
  private bucketOf(word: number): number {
    const at = (word >>> this.shift) - this.lowest;
    return at < this.buckets.length ? at : this.buckets.length - 1;
  }

  /** Buckets that may hold something: from the first to before the last. */
  private used(): readonly [number, number] {
    const { count, zeros, min, max } = this;
    if (count === zeros) return [0, 0];
    return [this.bucketOf(upperWord(Math.max(min, SMALLEST))), this.bucketOf(upperWord(max)) + 1];
  }

  /** Of a range of values so wide, mostly a small part is met: no other buckets are kept. */
  save(): PlainState {
    const { zeros, count, sum, min, max, buckets } = this;
    return { zeros, count, sum, min, max, buckets: buckets.slice(...this.used()) };
  }

  restore(state: PlainState): void {
    this.buckets.fill(0, ...this.used());
    const { buckets, ...rest } = state as Pick<QuantileSketch, "zeros" | "count" | "sum" | "min" | "max"> & {
      readonly buckets: Float64Array;
    };
    Object.assign(this, rest);
    this.buckets.set(buckets, this.used()[0]);
  }

  merge(other: QuantileSketch): void {
    for (let i = 0; i < this.buckets.length; i++) this.buckets[i]! += other.buckets[i]!;
    this.zeros += other.zeros;
    this.count += other.count;
    this.sum += other.sum;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
  }

  /** The value below which a share q of the values lies, within the relative error; NaN where there are none. */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN;
    const rank = q * (this.count - 1);
    let seen = this.zeros;
    if (rank < seen) return 0;
    for (let i = 0; i < this.buckets.length; i++) {
      seen += this.buckets[i]!;
      if (rank < seen) {
        const low = ofUpperWord((i + this.lowest) << this.shift);
        const high = ofUpperWord((i + 1 + this.lowest) << this.shift);
        // The value from which both bounds are equally far, relative to themselves.
        const middle = (2 * low * high) / (low + high);
        return Math.min(this.max, Math.max(this.min, middle));
      }
    }
    return this.max;
  }

  get mean(): number {
    return this.count > 0 ? this.sum / this.count : Number.NaN;
  }
}

const SMALLEST = 1e-9;
const LARGEST = 1e12;

const float = new Float64Array(1);
const bits = new Int32Array(float.buffer);

/** The upper 32 bits of a double of at least 0: they rise with it. */
function upperWord(value: number): number {
  float[0] = value;
  return bits[1]!;
}

/** The least double that has these upper 32 bits. */
function ofUpperWord(word: number): number {
  bits[0] = 0;
  bits[1] = word;
  return float[0]!;
}
