import type { UniformSource } from "../../kit/random.js";
import type { ArrivalProcess } from "./process.js";

/** By inversion of the integrated rate (Çinlar 1975, section 4.7): it grows by a unit exponential from one arrival to the next. */
export class Piecewise implements ArrivalProcess {
  private at = 0;
  private piece = 0;
  private pass = 0;
  /** Where each piece ends, from the start of a pass. */
  private readonly ends: Float64Array;

  constructor(
    private readonly rates: readonly number[],
    lengths: readonly number[],
    private readonly repeat: boolean,
    private readonly uniform: UniformSource,
  ) {
    let end = 0;
    this.ends = Float64Array.from(lengths, (seconds) => (end += seconds));
  }

  next(): number {
    const { rates, ends } = this;
    let need = this.uniform.exponential();
    while (this.piece < rates.length) {
      const rate = rates[this.piece]!;
      const end = this.pass * ends[ends.length - 1]! + ends[this.piece]!;
      const room = (end - this.at) * rate;
      if (need < room) return (this.at += need / rate);
      need -= room;
      this.at = end;
      this.piece++;
      if (this.piece === rates.length && this.repeat) {
        this.piece = 0;
        this.pass++;
      }
    }
    return Number.POSITIVE_INFINITY;
  }
}
