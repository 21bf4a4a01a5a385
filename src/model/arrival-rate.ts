import { moments } from "../kit/moments.js";
import type { Arrivals, BatchSize } from "./arrivals.js";

/** Mean arrivals per second in the long run. */
export function arrivalRate(arrivals: Arrivals): number {
  switch (arrivals.kind) {
    case "poisson":
      return arrivals.rate;
    case "renewal":
      return 1 / moments(arrivals.gap).mean;
    case "batch":
      return arrivals.rate * meanSize(arrivals.size);
    case "mmpp": {
      const lasts = arrivals.leave.reduce((sum, rate) => sum + 1 / rate, 0);
      return arrivals.rates.reduce((sum, rate, k) => sum + rate / arrivals.leave[k]! / lasts, 0);
    }
    case "diurnal":
      return arrivals.mean;
    case "onOff": {
      const on = moments(arrivals.on).mean;
      return (arrivals.rate * on) / (on + moments(arrivals.off).mean);
    }
    case "hawkes":
      return arrivals.base / (1 - arrivals.branching);
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
