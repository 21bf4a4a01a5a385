import type { UniformSource } from "../../kit/random.js";
import { type ArrivalProcess, exponentialGap } from "./process.js";

/**
 * Thinning, as Lewis and Shedler 1979, with a bound of its own for each piece of the rate: level before the crowd, the peak
 * while it gathers, and while it disperses the rate at hand, which only falls (Ogata 1981). A Poisson stream forgets, so a
 * candidate beyond the piece is dropped and the next drawn from where the next piece begins.
 */
export class FlashCrowd implements ArrivalProcess {
  private at = 0;

  constructor(
    private readonly base: number,
    private readonly start: number,
    private readonly rise: number,
    private readonly peak: number,
    private readonly decay: number,
    private readonly uniform: UniformSource,
  ) {}

  next(): number {
    const { base, start, rise, peak, uniform } = this;
    const top = start + rise;
    for (;;) {
      const end = this.at < start ? start : this.at < top ? top : Number.POSITIVE_INFINITY;
      const most = this.at < start ? base : this.at < top ? base * peak : this.rate(this.at);
      const candidate = this.at + exponentialGap(most, uniform);
      if (candidate >= end) {
        this.at = end;
        continue;
      }
      this.at = candidate;
      if (uniform.next() * most < this.rate(candidate)) return candidate;
    }
  }

  private rate(t: number): number {
    const { base, start, rise, peak, decay } = this;
    const since = t - start;
    if (since < 0) return base;
    const height = since < rise ? since / rise : Math.exp((rise - since) / decay);
    return base * (1 + (peak - 1) * height);
  }
}
