import { assert } from "../../kit/assert.js";
import { gammaCdf } from "../../kit/gamma.js";
import { midRanks, tieTerm } from "./mid-ranks.js";
import { studentizedRangeQuantile } from "./studentized-range.js";

export interface FriedmanTest {
  /** [treatment]; 1 is the least value of a block. */
  readonly meanRanks: readonly number[];
  readonly statistic: number;
  /** By the chi-squared approximation; 1 where every block is all ties. Fewer than about 5 blocks tell little. */
  readonly pValue: number;
  /** Nemenyi's: treatments whose mean ranks lie further apart differ, at `level` for all pairs together. */
  readonly criticalDifference: number;
}

/**
 * Do treatments differ over blocks, by ranks alone: Friedman 1937 with the correction for ties (Hollander, Wolfe and Chicken 2014,
 * section 7.1), then Nemenyi's critical difference. The comparison of several methods over several data sets that Demsar recommends
 * (2006, "Statistical comparisons of classifiers over multiple data sets", JMLR 7, section 3.2).
 *
 * @param blocks [block][treatment], e.g. mean costs by scenario and policy
 */
export function friedmanTest(blocks: readonly (readonly number[])[], level = 0.95): FriedmanTest {
  const n = blocks.length;
  const k = blocks[0]?.length ?? 0;
  assert(
    n >= 1 && k >= 2 && blocks.every((block) => block.length === k),
    "Friedman's test needs two treatments or more",
  );
  const sums = new Array<number>(k).fill(0);
  let ties = 0;
  for (const block of blocks) {
    midRanks(block).forEach((rank, t) => {
      sums[t]! += rank;
    });
    ties += tieTerm(block);
  }
  const squares = sums.reduce((sum, rank) => sum + (rank - (n * (k + 1)) / 2) ** 2, 0);
  const scale = n * k * (k + 1) - ties / (k - 1);
  const statistic = scale === 0 ? 0 : (12 * squares) / scale;
  return {
    meanRanks: sums.map((sum) => sum / n),
    statistic,
    pValue: 1 - gammaCdf((k - 1) / 2, statistic / 2),
    criticalDifference:
      (studentizedRangeQuantile(level, k) / Math.SQRT2) * Math.sqrt((k * (k + 1)) / (6 * n)),
  };
}
