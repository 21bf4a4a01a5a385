/**
 * A mergeable quantile sketch with bounded relative error: DDSketch (Masson, Rim and Lee, VLDB 2019). Values fall into
 * buckets whose bounds grow by gamma = (1 + a) / (1 - a), so a reported quantile is within a share `a` of a true one.
 * Memory is bounded by the range of doubles, not by how many values were added: fixed buckets from 1e-9 to 1e12.
 */
export class QuantileSketch {
  private readonly buckets: Float64Array;
  private readonly perLog: number;
  private readonly lowest: number;
  private zeros = 0;
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;

  /** @param relativeError `a` above, e.g. 0.005 */
  constructor(readonly relativeError = 0.005) {
    this.perLog = 1 / Math.log((1 + relativeError) / (1 - relativeError));
    this.lowest = Math.ceil(Math.log(SMALLEST) * this.perLog);
    this.buckets = new Float64Array(Math.ceil(Math.log(LARGEST) * this.perLog) - this.lowest + 1);
  }

  /** @param value at least 0; below 1e-9 it counts as 0 */
  add(value: number): void {
    this.count++;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (value < SMALLEST) this.zeros++;
    else {
      const at = Math.ceil(Math.log(value) * this.perLog) - this.lowest;
      this.buckets[at < 0 ? 0 : at < this.buckets.length ? at : this.buckets.length - 1]!++;
    }
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
        const upper = Math.exp((i + this.lowest) / this.perLog);
        const middle = upper * (1 - this.relativeError);
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
