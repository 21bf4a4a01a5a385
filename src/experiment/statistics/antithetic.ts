import { assert } from "../../kit/assert.js";
import { type MeanInterval, meanInterval } from "./mean-interval.js";

/**
 * Interval for the mean from antithetic pairs (Hammersley and Morton 1956, "A new Monte Carlo technique: antithetic
 * variates", Proc. Cambridge Phil. Soc. 52(3)): the two runs of a pair depend on each other, so the pair's mean is the
 * observation and `count` is of pairs.
 *
 * @param plain figures of runs on seeds; `twins` those of the antithetic runs on the same seeds, in the same order
 */
export function antitheticInterval(
  plain: readonly number[],
  twins: readonly number[],
  level = 0.95,
): MeanInterval {
  return meanInterval(pairMeans(plain, twins), level);
}

export function pairMeans(plain: readonly number[], twins: readonly number[]): number[] {
  assert(
    plain.length === twins.length,
    `pairs need two columns of one length, got ${plain.length} and ${twins.length}`,
  );
  return plain.map((value, i) => (value + twins[i]!) / 2);
}
