import type { UniformSource } from "../../kit/random.js";
import { type ArrivalProcess, exponentialGap } from "./process.js";

/** Lewis and Shedler 1979: candidates at the greatest rate, each kept with the share that its time's rate has of it. */
export class Diurnal implements ArrivalProcess {
  private at = 0;

  constructor(
    private readonly mean: number,
    private readonly amplitude: number,
    private readonly period: number,
    private readonly shift: number,
    private readonly uniform: UniformSource,
  ) {}

  next(): number {
    const most = this.mean * (1 + this.amplitude);
    for (;;) {
      this.at += exponentialGap(most, this.uniform);
      if (this.uniform.next() * most < this.rate()) return this.at;
    }
  }

  private rate(): number {
    const { mean, amplitude, period, shift, at } = this;
    return mean * (1 + amplitude * Math.sin((2 * Math.PI * (at + shift)) / period));
  }
}
