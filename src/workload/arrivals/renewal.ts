import type { UniformSource } from "../../kit/random.js";
import type { Sampler } from "../../kit/sampler.js";
import { type ArrivalProcess, exponentialGap } from "./process.js";

export class Poisson implements ArrivalProcess {
  private at = 0;

  constructor(
    private readonly rate: number,
    private readonly uniform: UniformSource,
  ) {}

  next(): number {
    return (this.at += exponentialGap(this.rate, this.uniform));
  }

  /** Without memory: as if it began now. */
  redraw(now: number): number {
    this.at = now;
    return this.next();
  }
}

export class Renewal implements ArrivalProcess {
  private at = 0;

  constructor(
    private readonly gap: Sampler,
    private readonly uniform: UniformSource,
  ) {}

  next(): number {
    return (this.at += this.gap(this.uniform));
  }
}
