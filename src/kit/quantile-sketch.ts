/**
 * A mergeable quantile sketch with bounded relative error: DDSketch (Masson, Rim and Lee, VLDB 2019). Values fall into
 * buckets whose bounds grow by gamma = (1 + a) / (1 - a), so a reported quantile is within a share `a` of a true one.
 * Memory is bounded by the range of values, not by how many were added: buckets from 1e-9 to 1e12.
 *
 * Buckets are found without a logarithm: the exponent is read off the bits of the double, and a cubic stands for the
 * logarithm of the rest (DataDog's "cubically interpolated mapping"), for 1 % more buckets.
 */
export class QuantileSketch {
  private readonly buckets: Float64Array;
  private readonly perOctave: number;
  private readonly lowest: number;
  /** Values that count as 0. */
  zeros = 0;
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;

  /** @param relativeError `a` above, e.g. 0.005 */
  constructor(readonly relativeError = 0.005) {
    // Where the cubic is flattest a bucket is widest: there too it must not be wider than gamma.
    this.perOctave = STEEPEST / Math.log2((1 + relativeError) / (1 - relativeError));
    this.lowest = Math.floor(octaves(SMALLEST) * this.perOctave);
    this.buckets = new Float64Array(Math.floor(octaves(LARGEST) * this.perOctave) - this.lowest + 1);
  }

  /** @param value at least 0; below 1e-9 it counts as 0 */
  add(value: number): void {
    this.count++;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (value < SMALLEST) this.zeros++;
    else {
      const at = Math.floor(octaves(value) * this.perOctave) - this.lowest;
      this.buckets[at < this.buckets.length ? at : this.buckets.length - 1]!++;
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
        const low = fromOctaves((i + this.lowest) / this.perOctave);
        const high = fromOctaves((i + 1 + this.lowest) / this.perOctave);
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
/** The cubic that rises from 0 to 1 over an octave, and its least slope against log2, inverted. */
const A = 6 / 35;
const B = -3 / 5;
const C = 10 / 7;
const STEEPEST = 1.0099;

const float = new Float64Array(1);
const bits = new Int32Array(float.buffer);

/** Roughly log2: exact at powers of two, and never flatter than log2 / 1.0099 between. */
function octaves(value: number): number {
  float[0] = value;
  const high = bits[1]!;
  const exponent = (high >>> 20) - 1023;
  // The mantissa's upper 20 bits are enough: a millionth of an octave.
  const s = (high & 0xfffff) / 0x100000;
  return exponent + ((A * s + B) * s + C) * s;
}

/** The value whose `octaves` these are: Newton on the cubic, which is monotone. */
function fromOctaves(o: number): number {
  const exponent = Math.floor(o);
  const rest = o - exponent;
  let s = rest;
  for (let i = 0; i < 20; i++) s -= (((A * s + B) * s + C) * s - rest) / ((3 * A * s + 2 * B) * s + C);
  return (1 + s) * 2 ** exponent;
}
