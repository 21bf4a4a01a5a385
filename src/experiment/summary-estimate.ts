import type { Interval } from "./statistics/index.js";
import type { Estimate } from "./summary.js";

/** JSON has no infinity. */
export const bounded = (value: number): number | null => (Number.isFinite(value) ? value : null);

export function estimateOf(mean: number, { low, high }: Omit<Interval, "level">): Estimate {
  return { mean, low: bounded(low), high: bounded(high) };
}
