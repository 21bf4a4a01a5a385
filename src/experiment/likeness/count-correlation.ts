import type { TraceColumns } from "../../workload/trace/index.js";

export interface CountFigures {
  /** Variance of the counts by their mean: 1 of a Poisson stream. NaN with fewer than two windows. */
  readonly dispersion: number;
  /** Autocorrelation of the counts at lags 1, 2, ...; NaN where there are too few windows. */
  readonly correlation: readonly number[];
}

/**
 * How many workflows come in windows of some seconds, and how windows go together, over traces of which each begins anew.
 * Deviations are from the mean of all windows.
 */
export function countFigures(parts: readonly TraceColumns[], window: number, lags: number): CountFigures {
  const series = parts.map(({ workflows, submitted }) => {
    const first = submitted[0] ?? 0;
    const windows = workflows > 0 ? Math.floor((submitted[workflows - 1]! - first) / window) : 0;
    const counts = new Float64Array(windows);
    for (const at of submitted) {
      const k = Math.floor((at - first) / window);
      if (k < windows) counts[k]!++;
    }
    return counts;
  });
  const total = series.reduce((sum, counts) => sum + counts.length, 0);
  const mean = series.reduce((sum, counts) => sum + counts.reduce((a, b) => a + b, 0), 0) / total;
  const products = (lag: number) => {
    let [sum, pairs] = [0, 0];
    for (const counts of series) {
      for (let k = lag; k < counts.length; k++) sum += (counts[k]! - mean) * (counts[k - lag]! - mean);
      pairs += Math.max(0, counts.length - lag);
    }
    return pairs > 1 ? sum / pairs : Number.NaN;
  };
  const variance = products(0);
  return {
    dispersion: variance / mean,
    correlation: Array.from({ length: lags }, (_, k) => products(k + 1) / variance),
  };
}
