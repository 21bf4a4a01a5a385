import { type Spread, spread } from "./spread.js";

/** How workflows come over time. */
export interface ArrivalFigures {
  /** Workflows a second: (n - 1) / span; null where there is no span. */
  readonly rate: number | null;
  /** Seconds between submissions. */
  readonly gaps: Spread;
  /** Length of an interval, seconds, and how many workflows were submitted in each: the span in 60 equal parts. */
  readonly interval: number;
  readonly counts: readonly number[];
  /** Workflows a second in the busiest interval; null where there is no span. */
  readonly peakRate: number | null;
  /** Index of dispersion: variance of the counts by their mean. About 1 of a Poisson process, more where it is bursty. */
  readonly dispersion: number;
}

const INTERVALS = 60;

/** @param submitted ascending, seconds */
export function arrivalFigures(submitted: Float64Array): ArrivalFigures {
  const n = submitted.length;
  const first = submitted[0] ?? 0;
  const span = n > 0 ? submitted[n - 1]! - first : 0;
  const gaps = submitted.subarray(1).map((at, i) => at - submitted[i]!);
  if (!(span > 0)) {
    return {
      rate: null,
      gaps: spread(gaps),
      interval: 0,
      counts: n > 0 ? [n] : [],
      peakRate: null,
      dispersion: 0,
    };
  }
  const counts = new Array<number>(INTERVALS).fill(0);
  // The last submission closes the last interval.
  for (const at of submitted)
    counts[Math.min(INTERVALS - 1, Math.floor(((at - first) / span) * INTERVALS))]!++;
  const mean = n / INTERVALS;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (INTERVALS - 1);
  const interval = span / INTERVALS;
  return {
    rate: (n - 1) / span,
    gaps: spread(gaps),
    interval,
    counts,
    peakRate: Math.max(...counts) / interval,
    dispersion: variance / mean,
  };
}
