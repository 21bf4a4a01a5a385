import { assert } from "../../kit/assert.js";
import { normalUpperTail } from "../../kit/normal.js";
import { midRanks, tieTerm } from "./mid-ranks.js";

export interface MannWhitneyTest {
  /** Pairs (x, y) in which x is larger, ties by half (R's W). */
  readonly statistic: number;
  /** Two-sided. */
  readonly pValue: number;
  readonly method: "exact" | "normal";
}

/** From here on the normal approximation is as good. */
const MOST_EXACT = 50;

/**
 * Wilcoxon's rank-sum test of independent samples, as Mann and Whitney 1947 count it: is x as likely above y as below? Exact for fewer
 * than 50 values a side without ties, else normal with corrections for ties and continuity (Hollander, Wolfe and Chicken 2014,
 * section 4.1). Runs on the same seeds are pairs: for them, `wilcoxonSignedRank`.
 */
export function mannWhitney(x: readonly number[], y: readonly number[]): MannWhitneyTest {
  const [n, m] = [x.length, y.length];
  assert(n > 0 && m > 0, "the rank-sum test needs values on both sides");
  const all = [...x, ...y];
  const ranks = midRanks(all);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += ranks[i]!;
  const statistic = sum - (n * (n + 1)) / 2;
  const ties = tieTerm(all);
  if (ties === 0 && n < MOST_EXACT && m < MOST_EXACT) {
    return { statistic, pValue: exactPValue(statistic, n, m), method: "exact" };
  }
  const variance = ((n * m) / 12) * (n + m + 1 - ties / ((n + m) * (n + m - 1)));
  const distance = Math.max(0, Math.abs(statistic - (n * m) / 2) - 0.5);
  const pValue = variance === 0 ? 1 : Math.min(1, 2 * normalUpperTail(distance / Math.sqrt(variance)));
  return { statistic, pValue, method: "normal" };
}

function exactPValue(statistic: number, n: number, m: number): number {
  // share[i][u]: of the ways to merge i of x with j of y, those in which x lies above y in u pairs. Row by row in j.
  let share: Float64Array[] = Array.from({ length: n + 1 }, () => Float64Array.of(1));
  for (let j = 1; j <= m; j++) {
    const next: Float64Array[] = [Float64Array.of(1)];
    for (let i = 1; i <= n; i++) {
      // The largest of all is an x, above all j, with probability i / (i + j); or a y.
      const found = new Float64Array(i * j + 1);
      next[i - 1]!.forEach((part, u) => {
        found[u + j]! += (part * i) / (i + j);
      });
      share[i]!.forEach((part, u) => {
        found[u]! += (part * j) / (i + j);
      });
      next.push(found);
    }
    share = next;
  }
  const least = Math.min(statistic, n * m - statistic);
  let tail = 0;
  for (let u = 0; u <= least; u++) tail += share[n]![u]!;
  return Math.min(1, 2 * tail);
}
