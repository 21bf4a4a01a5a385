import { normalUpperTail } from "../../kit/normal.js";
import { midRanks } from "./mid-ranks.js";
import { pairedDifferences } from "./paired-differences.js";

export interface SignedRankTest {
  /** Sum of the ranks of the positive differences (R's V). */
  readonly statistic: number;
  /** Pairs that differ; equal pairs are left out, as Wilcoxon did. */
  readonly count: number;
  /** Two-sided; 1 where no pair differs. */
  readonly pValue: number;
  readonly method: "exact" | "normal";
}

/**
 * Wilcoxon's signed-rank test of paired values: does the difference lie around zero? It needs no normal differences,
 * only symmetric ones.
 *
 * Up to 50 differing pairs the p-value is exact, also with ties: all 2^n ways to give the signs are counted over the
 * mid-ranks. Beyond, the normal approximation with tie and continuity correction (Hollander, Wolfe and Chicken 2014,
 * "Nonparametric Statistical Methods", section 3.1).
 */
export function wilcoxonSignedRank(
  candidate: readonly number[],
  baseline: readonly number[],
): SignedRankTest {
  const differences = pairedDifferences(candidate, baseline).filter((difference) => difference !== 0);
  const count = differences.length;

  // Twice the mid-ranks, so that all sums are integers.
  const ranks = midRanks(differences.map(Math.abs)).map((rank) => 2 * rank);
  let doubled = 0;
  for (let i = 0; i < count; i++) if (differences[i]! > 0) doubled += ranks[i]!;

  const exact = count <= 50;
  return {
    statistic: doubled / 2,
    count,
    pValue: count === 0 ? 1 : exact ? exactPValue(doubled, ranks) : normalPValue(doubled, ranks),
    method: exact ? "exact" : "normal",
  };
}

function exactPValue(observed: number, ranks: readonly number[]): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  // ways[s]: subsets of the ranks with sum s. At most 2^50 in all, exact in a double.
  const ways = new Float64Array(total + 1);
  ways[0] = 1;
  for (const rank of ranks) for (let s = total; s >= rank; s--) ways[s]! += ways[s - rank]!;
  // The distribution is symmetric about total / 2, so the two tails are equal.
  const least = Math.min(observed, total - observed);
  let tail = 0;
  for (let s = 0; s <= least; s++) tail += ways[s]!;
  return Math.min(1, (2 * tail) / 2 ** ranks.length);
}

function normalPValue(observed: number, ranks: readonly number[]): number {
  // Under the hypothesis each rank counts with probability 1/2; the ties are in the mid-ranks already.
  const middle = ranks.reduce((sum, rank) => sum + rank, 0) / 2;
  const variance = ranks.reduce((sum, rank) => sum + rank * rank, 0) / 4;
  const distance = Math.max(0, Math.abs(observed - middle) - 1); // half a rank, doubled
  return Math.min(1, 2 * normalUpperTail(distance / Math.sqrt(variance)));
}
