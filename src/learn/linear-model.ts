import { assert } from "../kit/assert.js";

/**
 * Ridge regression that takes one observation at a time: A = ridge I + sum x x^T, b = sum r x, with A^-1 kept up to date
 * (Sherman and Morrison 1950), so that an update costs width^2.
 */
export class LinearModel {
  /** A^-1 [width, width], symmetric. */
  readonly inverse: Float64Array;
  /** b [width]. */
  readonly moment: Float64Array;
  /** theta = A^-1 b [width]. */
  readonly weights: Float64Array;
  private readonly product: Float64Array;

  constructor(
    readonly width: number,
    ridge = 1,
  ) {
    assert(ridge > 0, `the ridge is positive, got ${ridge}`);
    this.inverse = new Float64Array(width * width);
    this.moment = new Float64Array(width);
    this.weights = new Float64Array(width);
    this.product = new Float64Array(width);
    for (let i = 0; i < width; i++) this.inverse[i * width + i] = 1 / ridge;
  }

  /** x stands at `at` of `x`. */
  add(x: Float64Array, at: number, reward: number): void {
    const { width, inverse, moment, weights, product } = this;
    const spread = this.spread(x, at);
    const scale = 1 / (1 + spread);
    let predicted = 0;
    for (let i = 0; i < width; i++) predicted += weights[i]! * x[at + i]!;
    for (let i = 0; i < width; i++) {
      moment[i]! += reward * x[at + i]!;
      // theta' = theta + A^-1 x (r - x . theta) / (1 + x^T A^-1 x).
      weights[i]! += product[i]! * scale * (reward - predicted);
    }
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) inverse[i * width + j]! -= scale * product[i]! * product[j]!;
    }
  }

  mean(x: Float64Array, at: number): number {
    let sum = 0;
    for (let i = 0; i < this.width; i++) sum += this.weights[i]! * x[at + i]!;
    return sum;
  }

  /** x^T A^-1 x: how little is known in the direction of x. */
  spread(x: Float64Array, at: number): number {
    const { width, inverse, product } = this;
    let sum = 0;
    for (let i = 0; i < width; i++) {
      let row = 0;
      for (let j = 0; j < width; j++) row += inverse[i * width + j]! * x[at + j]!;
      product[i] = row;
      sum += row * x[at + i]!;
    }
    return Math.max(0, sum);
  }

  /** Lower triangle L of A^-1 = L L^T (Cholesky). */
  root(out: Float64Array): Float64Array {
    const { width, inverse } = this;
    for (let i = 0; i < width; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = inverse[i * width + j]!;
        for (let k = 0; k < j; k++) sum -= out[i * width + k]! * out[j * width + k]!;
        // Rounding may take what is next to nothing below it.
        out[i * width + j] =
          i === j ? Math.sqrt(Math.max(sum, 0)) : out[j * width + j]! > 0 ? sum / out[j * width + j]! : 0;
      }
    }
    return out;
  }
}
