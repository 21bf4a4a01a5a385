import type { UniformSource } from "../../kit/random.js";
import type { Sampler } from "../../kit/sampler.js";
import { type ArrivalProcess, exponentialGap } from "./process.js";

export class OnOff implements ArrivalProcess {
  private at = 0;
  /** When the period at hand ends. */
  private until: number;

  constructor(
    private readonly rate: number,
    private readonly on: Sampler,
    private readonly off: Sampler,
    private readonly uniform: UniformSource,
  ) {
    this.until = on(uniform);
  }

  next(): number {
    const { rate, uniform } = this;
    for (;;) {
      // A Poisson stream forgets, so what would come after the period ends is drawn anew in the next.
      const next = this.at + exponentialGap(rate, uniform);
      if (next <= this.until) return (this.at = next);
      this.at = this.until + this.off(uniform);
      this.until = this.at + this.on(uniform);
    }
  }
}
