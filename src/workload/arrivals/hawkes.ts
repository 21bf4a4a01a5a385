import type { UniformSource } from "../../kit/random.js";
import { type ArrivalProcess, exponentialGap } from "./process.js";

/** Ogata 1981: between arrivals the rate only falls, so the rate now bounds it. */
export class Hawkes implements ArrivalProcess {
  private at = 0;
  /** The rate above its base. */
  private excited = 0;

  constructor(
    private readonly base: number,
    private readonly branching: number,
    private readonly decay: number,
    private readonly uniform: UniformSource,
  ) {}

  next(): number {
    const { base, branching, decay, uniform } = this;
    for (;;) {
      const most = base + this.excited;
      const wait = exponentialGap(most, uniform);
      this.at += wait;
      this.excited *= Math.exp(-wait / decay);
      if (uniform.next() * most < base + this.excited) {
        this.excited += branching / decay;
        return this.at;
      }
    }
  }
}
