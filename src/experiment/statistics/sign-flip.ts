import type { SequentialStream } from "../../kit/sequential-stream.js";
import { pairedDifferences } from "./paired-differences.js";

/** Up to so many pairs all ways to give signs are gone through. */
const MOST_EXACT = 15;

/**
 * P-value of the paired differences' mean, two-sided, by flipping their signs (Fisher 1935, "The Design of Experiments", section 21):
 * in what share of the ways to give signs the sum is as far from zero. It asks only that under the hypothesis a difference be as
 * likely as its opposite. Exact up to 15 pairs; beyond from `flips` random ones, the observed among them, so that it is never too
 * small (Phipson and Smyth 2010).
 */
export function signFlipPValue(
  candidate: readonly number[],
  baseline: readonly number[],
  { flips = 9999, stream }: { readonly flips?: number; readonly stream: SequentialStream },
): number {
  const differences = pairedDifferences(candidate, baseline).filter((difference) => difference !== 0);
  const size = (sum: number) => Math.abs(sum);
  const observed = size(differences.reduce((sum, difference) => sum + difference, 0));
  // Sums of other orders of addition differ in their last digits.
  const far = observed * (1 - 1e-12);
  if (differences.length <= MOST_EXACT) {
    const ways = 2 ** differences.length;
    let asFar = 0;
    for (let signs = 0; signs < ways; signs++) {
      let sum = 0;
      for (let i = 0; i < differences.length; i++)
        sum += (signs >> i) & 1 ? -differences[i]! : differences[i]!;
      if (size(sum) >= far) asFar++;
    }
    return asFar / ways;
  }
  let asFar = 1;
  for (let b = 0; b < flips; b++) {
    let sum = 0;
    // 30 signs from each draw.
    for (let i = 0, bits = 0; i < differences.length; i++, bits >>= 1) {
      if (i % 30 === 0) bits = stream.integer(2 ** 30);
      sum += bits & 1 ? -differences[i]! : differences[i]!;
    }
    if (size(sum) >= far) asFar++;
  }
  return asFar / (flips + 1);
}
