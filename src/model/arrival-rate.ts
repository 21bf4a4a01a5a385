import { moments } from "../kit/moments.js";
import type { Arrivals, BatchSize } from "./arrivals.js";
import { stationaryLaw } from "./switching.js";

/**
 * Mean arrivals per second in the long run. Of a closed population, which waits for what it asked, only a bound: the rate
 * if workflows took no time.
 */
export function arrivalRate(arrivals: Arrivals): number {
  switch (arrivals.kind) {
    case "poisson":
      return arrivals.rate;
    case "renewal":
      return 1 / moments(arrivals.gap).mean;
    case "batch":
      return ("of" in arrivals ? arrivalRate(arrivals.of) : arrivals.rate) * meanSize(arrivals.size);
    case "mmpp": {
      if ("switching" in arrivals) {
        const law = stationaryLaw(arrivals.switching);
        return arrivals.rates.reduce((sum, rate, k) => sum + rate * law[k]!, 0);
      }
      const lasts = arrivals.leave.reduce((sum, rate) => sum + 1 / rate, 0);
      return arrivals.rates.reduce((sum, rate, k) => sum + rate / arrivals.leave[k]! / lasts, 0);
    }
    case "diurnal":
      return arrivals.mean;
    case "piecewise": {
      if (!arrivals.repeat) return 0;
      const length = arrivals.lengths.reduce((sum, seconds) => sum + seconds, 0);
      return arrivals.rates.reduce((sum, rate, k) => sum + rate * arrivals.lengths[k]!, 0) / length;
    }
    case "flashCrowd":
      return arrivals.base;
    case "onOff": {
      const on = moments(arrivals.on).mean;
      return (arrivals.rate * on) / (on + moments(arrivals.off).mean);
    }
    case "hawkes":
      return arrivals.base / (1 - arrivals.branching);
    case "closed":
      return arrivals.users / moments(arrivals.think).mean;
  }
}

function meanSize(size: BatchSize): number {
  switch (size.kind) {
    case "fixed":
      return size.size;
    case "geometric":
      return 1 / size.p;
    case "shares": {
      const total = size.shares.reduce((sum, share) => sum + share, 0);
      return size.shares.reduce((sum, share, k) => sum + (share * (k + 1)) / total, 0);
    }
  }
}
