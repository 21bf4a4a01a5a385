import { assert } from "../../kit/assert.js";
import { type MeanInterval, meanInterval } from "./mean-interval.js";
import { mean } from "./moments.js";

export interface BatchMeansInterval extends MeanInterval {
  readonly batchSize: number;
  /** Lag-1 autocorrelation of the batch means. Far from zero (beyond about 2 / sqrt(batches)), batches are too short. */
  readonly autocorrelation: number;
}

/**
 * Interval for the steady-state mean of one long, autocorrelated run: the means of `batches` equal stretches are
 * taken as independent (Schmeiser 1982, "Batch size effects in the analysis of simulation output", Operations Research
 * 30(3), who finds 10 to 30 batches enough). `steadyStateMean` looks whether they are, and chooses their number. Leave the
 * warm-up out first. A rest of the series that fills no batch is left out at its start, where the run is least settled.
 */
export function batchMeans(
  series: readonly number[] | Float64Array,
  batches = 20,
  level = 0.95,
): BatchMeansInterval {
  assert(Number.isInteger(batches) && batches >= 2, `batch means need two or more batches, got ${batches}`);
  assert(series.length >= batches, `${series.length} values do not fill ${batches} batches`);
  const batchSize = Math.floor(series.length / batches);
  const sample = batchMeansOf(series, batches);
  return { ...meanInterval(sample, level), batchSize, autocorrelation: lagOne(sample) };
}

/** Means of `batches` equal stretches; a rest that fills none is left out at the start. */
export function batchMeansOf(series: readonly number[] | Float64Array, batches: number): Float64Array {
  const batchSize = Math.floor(series.length / batches);
  const skipped = series.length - batches * batchSize;
  const found = new Float64Array(batches);
  for (let b = 0, i = skipped; b < batches; b++) {
    let sum = 0;
    for (let end = i + batchSize; i < end; i++) sum += series[i]!;
    found[b] = sum / batchSize;
  }
  return found;
}

/** Lag-1 autocorrelation; 0 where nothing varies. */
export function lagOne(values: readonly number[] | Float64Array): number {
  const centre = mean(values);
  let products = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    squares += (values[i]! - centre) ** 2;
    if (i > 0) products += (values[i]! - centre) * (values[i - 1]! - centre);
  }
  return squares === 0 ? 0 : products / squares;
}
