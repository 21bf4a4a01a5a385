/** How features are brought to a common scale before a network sees them: (x - mean) / std, clipped. Plain data. */
export interface Normalisation {
  readonly context: Moments;
  readonly candidate: Moments;
  /** Normalised features are kept within [-clip, clip]. */
  readonly clip: number;
}

export interface Moments {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** A constant feature tells nothing: its deviation is taken as this, so that rounding is not blown up. */
const LEAST_STD = 1e-4;

/** One side of a `Normalisation`, ready for a hot loop. */
export class Normaliser {
  private readonly mean: Float64Array;
  private readonly scale: Float64Array;

  constructor(
    { mean, std }: Moments,
    private readonly clip: number,
  ) {
    this.mean = Float64Array.from(mean);
    this.scale = Float64Array.from(std);
    for (let f = 0; f < std.length; f++) this.scale[f] = 1 / Math.max(std[f]!, LEAST_STD);
  }

  /** Normalises `rows` vectors in place, from `offset`. */
  apply(values: Float32Array, offset: number, rows: number): void {
    const { mean, scale, clip } = this;
    const width = mean.length;
    for (let r = 0, at = offset; r < rows; r++) {
      for (let f = 0; f < width; f++, at++) {
        const z = (values[at]! - mean[f]!) * scale[f]!;
        values[at] = Math.min(clip, Math.max(-clip, z));
      }
    }
  }
}
