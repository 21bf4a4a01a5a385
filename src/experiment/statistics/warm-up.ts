import { assert } from "../../kit/assert.js";

export interface WarmUp {
  /** Observations to leave out at the start, a multiple of the batch size. */
  readonly truncation: number;
  /** The least MSER: squared standard error of the mean of what is kept, per batch. */
  readonly statistic: number;
  /**
   * False where no truncation is credible: leaving out still more than half of the run would do better, so it had not
   * settled by half way. The run is then to be lengthened, not cut.
   */
  readonly settled: boolean;
}

/**
 * How much of a run's start to leave out: MSER-5 (White 1997, "An effective truncation heuristic for bias reduction in
 * simulation output", Simulation 69(6); White, Cobb and Spratt 2000 for the batches of five). Picks the truncation
 * that makes the standard error of the kept mean least, among those that keep at least half of the batches.
 *
 * Beyond half way the statistic is looked at too, for the verdict only, up to where a quarter is kept: nearer the end it
 * is small by chance, since few neighbours are much alike (Hoad, Robinson and Davies 2010, "Automating warm-up length
 * estimation", J. Operational Research Society 61(9)).
 *
 * @param series observations in time order, equally spaced in time or per workflow; a rest shorter than a batch is
 * not used. At least two batches.
 */
export function mser5(series: readonly number[] | Float64Array, batchSize = 5): WarmUp {
  const batches = Math.floor(series.length / batchSize);
  assert(batches >= 2, `a warm-up needs at least two batches of ${batchSize}, got ${series.length} values`);

  // From the end: the mean and squares of the batches d .. end, by Welford's update, so one pass does for every d.
  let count = 0;
  let average = 0;
  let squares = 0;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  let leastBeyond = Number.POSITIVE_INFINITY;
  const last = Math.floor(batches / 2);
  const farthest = Math.floor(0.75 * batches);
  for (let d = batches - 1; d >= 0; d--) {
    let batch = 0;
    for (let i = d * batchSize; i < (d + 1) * batchSize; i++) batch += series[i]! / batchSize;
    const before = batch - average;
    average += before / ++count;
    squares += before * (batch - average);
    const statistic = squares / count ** 2;
    if (d > last) {
      if (d <= farthest && statistic < leastBeyond) leastBeyond = statistic;
    } else if (statistic <= least) {
      // Of equals the shortest truncation wins.
      least = statistic;
      best = d;
    }
  }
  return { truncation: best * batchSize, statistic: least, settled: best < last && least <= leastBeyond };
}
