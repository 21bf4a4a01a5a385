import type { SequentialStream } from "../../../kit/sequential-stream.js";

/**
 * How likely two samples of one law are as far apart by a statistic as these, by dealing their values out again at random (Fisher 1935;
 * with the observed deal among them, Phipson and Smyth 2010, so that it is never too small). Larger statistics are further apart.
 */
export function permutationTest(
  x: readonly number[],
  y: readonly number[],
  statistic: (x: readonly number[], y: readonly number[]) => number,
  { deals = 999, stream }: { readonly deals?: number; readonly stream: SequentialStream },
): { readonly statistic: number; readonly pValue: number } {
  const observed = statistic(x, y);
  // Sums of other orders of addition differ in their last digits.
  const far = observed - 1e-12 * Math.abs(observed);
  const all = [...x, ...y];
  let asFar = 1;
  for (let b = 0; b < deals; b++) {
    // Fisher and Yates' shuffle of as many as x has.
    for (let i = 0; i < x.length; i++) {
      const j = i + stream.integer(all.length - i);
      [all[i], all[j]] = [all[j]!, all[i]!];
    }
    if (statistic(all.slice(0, x.length), all.slice(x.length)) >= far) asFar++;
  }
  return { statistic: observed, pValue: asFar / (deals + 1) };
}
