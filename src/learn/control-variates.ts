import { assert } from "../kit/assert.js";

/** All of its state as plain JSON. */
export interface SavedControl {
  readonly squares: readonly number[];
  readonly products: readonly number[];
  readonly together: number;
  readonly alone: number;
}

/** How much of what was seen before a rollout still counts with the next. */
const MEMORY = 0.9;
/** Added to the squares, as a share of them: columns may be all but the same. */
const RIDGE = 1e-4;

/**
 * Control variates of a rollout: columns of mean 0 given what was decided (`Environment.innovations`), of which the multiple is taken
 * off the rewards that explains most of the advantages from there on, by least squares. Multiple and share are those that the
 * rollouts before suggest, so they do not depend on the luck they are used on, and what is learned has the same mean, with less
 * noise: the approximating martingale process of Henderson and Glynn 2002 and of Dai and Gluzman 2022 ("Queueing network controls
 * via deep reinforcement learning", section 4.3), with a linear function in place of the network.
 */
export class ControlVariates {
  /** Sums over steps, of the past ones less and less: Z^T Z [width, width] and Z^T A [width]. */
  private readonly squares: Float64Array;
  private readonly products: Float64Array;
  /** The same of A D and of D D, D what would have been taken off an advantage A by what was known before it. */
  private together = 0;
  private alone = 0;

  constructor(readonly width: number) {
    this.squares = new Float64Array(width * width);
    this.products = new Float64Array(width);
  }

  /** What of each reward was luck, [steps], by what is known so far. @param innovations [steps, width] */
  luck(innovations: Float64Array): Float64Array {
    const { width } = this;
    const multiple = this.multiple();
    const luck = new Float64Array(innovations.length / width);
    for (let i = 0; i < luck.length; i++) {
      for (let k = 0; k < width; k++) luck[i]! += multiple[k]! * innovations[i * width + k]!;
    }
    return luck;
  }

  /**
   * How much of that to take off, from 0 to 1: what would have been best so far, on rollouts that the multiple did not know. From
   * few samples it explains less than it seems to, and may do harm.
   */
  get share(): number {
    return this.alone > 0 ? Math.min(1, Math.max(0, this.together / this.alone)) : 0;
  }

  /**
   * Learns from a rollout.
   * @param advantages [steps], without control
   * @param effect [steps], what all the luck would have taken off them
   */
  learn(advantages: Float64Array, innovations: Float64Array, effect: Float64Array): void {
    const { width, squares, products } = this;
    assert(innovations.length === advantages.length * width, "innovations of each step");
    for (let i = 0; i < squares.length; i++) squares[i]! *= MEMORY;
    for (let k = 0; k < width; k++) products[k]! *= MEMORY;
    this.together *= MEMORY;
    this.alone *= MEMORY;
    for (let i = 0, at = 0; i < advantages.length; i++, at += width) {
      const advantage = advantages[i]!;
      this.together += advantage * effect[i]!;
      this.alone += effect[i]! ** 2;
      for (let k = 0; k < width; k++) {
        const z = innovations[at + k]!;
        products[k]! += z * advantage;
        for (let l = 0; l <= k; l++) squares[k * width + l]! += z * innovations[at + l]!;
      }
    }
  }

  /** [width]: (Z^T Z + ridge)^-1 Z^T A; all 0 before anything is learned. */
  multiple(): Float64Array {
    const { width, squares, products } = this;
    const a = squares.slice();
    for (let k = 0; k < width; k++) a[k * width + k]! *= 1 + RIDGE;
    return solve(a, products.slice(), width);
  }

  save(): SavedControl {
    const { squares, products, together, alone } = this;
    return { squares: [...squares], products: [...products], together, alone };
  }

  load({ squares, products, together, alone }: SavedControl): void {
    this.squares.set(squares);
    this.products.set(products);
    this.together = together;
    this.alone = alone;
  }
}

/** x of A x = b, A symmetric and positive, its lower triangle given (Cholesky). Columns that are nothing have x = 0. */
function solve(a: Float64Array, b: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      if (i === j) a[i * n + i] = sum > TINY ? Math.sqrt(sum) : 0;
      else a[i * n + j] = a[j * n + j]! > 0 ? sum / a[j * n + j]! : 0;
    }
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) b[i]! -= a[i * n + k]! * b[k]!;
    b[i] = a[i * n + i]! > 0 ? b[i]! / a[i * n + i]! : 0;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i]! -= a[k * n + i]! * b[k]!;
    b[i] = a[i * n + i]! > 0 ? b[i]! / a[i * n + i]! : 0;
  }
  return b;
}

const TINY = 1e-12;
