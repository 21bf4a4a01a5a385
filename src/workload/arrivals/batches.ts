import type { UniformSource } from "../../kit/random.js";
import { type Sampler, sampler } from "../../kit/sampler.js";
import type { BatchSize } from "../../model/arrivals.js";
import type { ArrivalProcess } from "./process.js";

/** Whole batches come where the process beneath has single arrivals. */
export class Batches implements ArrivalProcess {
  private at = 0;
  private left = 0;

  constructor(
    private readonly batches: ArrivalProcess,
    private readonly size: Sampler,
    private readonly uniform: UniformSource,
  ) {}

  next(): number {
    if (this.left === 0) {
      this.at = this.batches.next();
      if (this.at === Number.POSITIVE_INFINITY) return this.at;
      this.left = this.size(this.uniform);
    }
    this.left--;
    return this.at;
  }
}

export function batchSize(size: BatchSize): Sampler {
  switch (size.kind) {
    case "fixed":
      return () => size.size;
    case "geometric": {
      if (size.p === 1) return () => 1;
      const scale = 1 / Math.log1p(-size.p);
      return (uniform) => 1 + Math.floor(Math.log(uniform.next()) * scale);
    }
    case "shares":
      return sampler({ kind: "empirical", values: size.shares.map((_, k) => k + 1), weights: size.shares });
  }
}
