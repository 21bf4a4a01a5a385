import type { Moments } from "../policy/runtime/normalisation.js";

/** Variance of a population; 0 where it is empty. */
export function variance(values: Float64Array): number {
  const { m2, count } = new RunningMoments(1).add(values, 0, values.length);
  return m2[0]! / Math.max(1, count);
}

/** Running mean and variance of vectors, exactly mergeable: Chan, Golub and LeVeque 1983. */
export class RunningMoments {
  count = 0;
  readonly mean: Float64Array;
  /** Sums of squared deviations. */
  readonly m2: Float64Array;

  constructor(readonly width: number) {
    this.mean = new Float64Array(width);
    this.m2 = new Float64Array(width);
  }

  /** Takes in `rows` vectors that stand at `offset`. */
  add(values: Float32Array | Float64Array, offset: number, rows: number): this {
    const { mean, m2, width } = this;
    for (let r = 0, at = offset; r < rows; r++) {
      this.count++;
      for (let f = 0; f < width; f++, at++) {
        const delta = values[at]! - mean[f]!;
        mean[f]! += delta / this.count;
        m2[f]! += delta * (values[at]! - mean[f]!);
      }
    }
    return this;
  }

  /** As if nothing had been seen. */
  clear(): void {
    this.count = 0;
    this.mean.fill(0);
    this.m2.fill(0);
  }

  merge(other: RunningMoments): void {
    const total = this.count + other.count;
    if (other.count === 0) return;
    for (let f = 0; f < this.width; f++) {
      const delta = other.mean[f]! - this.mean[f]!;
      this.mean[f]! += (delta * other.count) / total;
      this.m2[f]! += other.m2[f]! + (delta * delta * this.count * other.count) / total;
    }
    this.count = total;
  }

  /** As plain data; deviation 1 before anything was seen. */
  moments(): Moments {
    const std = [...this.m2];
    for (let f = 0; f < std.length; f++) std[f] = this.count > 1 ? Math.sqrt(std[f]! / this.count) : 1;
    return { mean: [...this.mean], std };
  }

  save(): { count: number; mean: number[]; m2: number[] } {
    return { count: this.count, mean: [...this.mean], m2: [...this.m2] };
  }

  load({ count, mean, m2 }: { count: number; mean: number[]; m2: number[] }): void {
    this.count = count;
    this.mean.set(mean);
    this.m2.set(m2);
  }
}
