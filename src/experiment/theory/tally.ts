import { QuantileSketch } from "../../kit/quantile-sketch.js";

/** Relative error of a quantile's bucket: a hundredth of the standard error that is asked for, so that it needs no allowance. */
const BUCKET = 5e-5;

/** Moments of many values, and their quantiles where asked for. */
export class Tally {
  count = 0;
  /** Values above 0. */
  positive = 0;
  private first = 0;
  /** Sums of what exceeds the first value, and of its squares: they cancel less than those of the values themselves. */
  private excess = 0;
  private squares = 0;
  private readonly sketch: QuantileSketch | null;

  constructor(quantiles = false) {
    this.sketch = quantiles ? new QuantileSketch(BUCKET) : null;
  }

  add(value: number): void {
    if (this.count++ === 0) this.first = value;
    if (value > 0) this.positive++;
    const above = value - this.first;
    this.excess += above;
    this.squares += above * above;
    this.sketch?.add(value);
  }

  get sum(): number {
    return this.count * this.first + this.excess;
  }

  get mean(): number {
    return this.first + this.excess / this.count;
  }

  get variance(): number {
    return this.squares / this.count - (this.excess / this.count) ** 2;
  }

  quantile(q: number): number {
    return this.sketch === null ? Number.NaN : this.sketch.quantile(q);
  }
}
