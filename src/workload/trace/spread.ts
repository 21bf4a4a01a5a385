import type { GrowingColumn } from "../../kit/growing-column.js";

/** A sample in figures; quantiles interpolate linearly (Hyndman and Fan 1996, type 7). Of no values, all are 0. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  /** Coefficient of variation: standard deviation (of the population) by mean; 0 where the mean is. */
  readonly cv: number;
  readonly min: number;
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export function spread(column: GrowingColumn | Float64Array): Spread {
  const sorted = Float64Array.from(column instanceof Float64Array ? column : column.view()).sort();
  const count = sorted.length;
  const at = (rank: number) => sorted[rank] ?? 0;
  const quantile = (q: number) => {
    const rank = q * (count - 1);
    const below = at(Math.floor(rank));
    return below + (rank % 1) * (at(Math.ceil(rank)) - below);
  };
  const mean = count > 0 ? sorted.reduce((a, b) => a + b, 0) / count : 0;
  const variance = count > 0 ? sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count : 0;
  return {
    count,
    mean,
    cv: mean > 0 ? Math.sqrt(variance) / mean : 0,
    min: at(0),
    p5: quantile(0.05),
    p25: quantile(0.25),
    p50: quantile(0.5),
    p75: quantile(0.75),
    p95: quantile(0.95),
    p99: quantile(0.99),
    max: at(count - 1),
  };
}
