import type { UniformSource } from "../../kit/random.js";
import { sampler } from "../../kit/sampler.js";
import type { SwitchingRates } from "../../model/arrivals.js";
import { ObservedPhase } from "./observed-phase.js";
import { type ArrivalProcess, exponentialGap } from "./process.js";

/** Markov-modulated Poisson arrivals: in each phase the first of an arrival and a change of phase is drawn. */
export class Modulated implements ArrivalProcess {
  private at = 0;
  private phase: number;
  readonly observed: ObservedPhase | undefined;
  /** [phases], per second: an arrival or a change of phase. */
  private readonly any: Float64Array;

  /** @param stationary shares of the phases in the long run, up to a factor: the first phase is drawn from them */
  constructor(
    private readonly rates: readonly number[],
    private readonly switching: SwitchingRates,
    stationary: readonly number[],
    private readonly uniform: UniformSource,
    observed = false,
  ) {
    this.any = Float64Array.from(rates, (rate, k) => rate + switching[k]!.reduce((sum, r) => sum + r, 0));
    const phases = rates.map((_, k) => k);
    this.phase = sampler({ kind: "empirical", values: phases, weights: stationary })(uniform);
    this.observed = observed ? new ObservedPhase(this.phase, rates) : undefined;
  }

  next(): number {
    for (;;) {
      const any = this.any[this.phase]!;
      this.at += exponentialGap(any, this.uniform);
      const u = this.uniform.next() * any - this.rates[this.phase]!;
      if (u < 0) return this.at;
      this.phase = this.nextPhase(u);
      this.observed?.note(this.at, this.phase);
    }
  }

  /** @param u uniform from 0 to the rate at which the phase is left */
  private nextPhase(u: number): number {
    const row = this.switching[this.phase]!;
    let last = this.phase;
    let left = u;
    for (let k = 0; k < row.length; k++) {
      if (row[k]! === 0) continue;
      last = k;
      left -= row[k]!;
      if (left < 0) break;
    }
    return last;
  }
}
