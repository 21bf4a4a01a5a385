import { midRanks } from "../mid-ranks.js";

/**
 * Anderson's two-sample Cramer-von Mises statistic (1962, "On the distribution of the two-sample Cramer-von Mises criterion", Annals of
 * Mathematical Statistics 33(3), eq. 9): the squared distance of the distribution functions, averaged over the values of both.
 */
export function cramerVonMises(x: readonly number[], y: readonly number[]): number {
  const [n, m] = [x.length, y.length];
  const ranks = midRanks([...x, ...y]);
  const off = (own: number[]): number =>
    own.toSorted((a, b) => a - b).reduce((sum, rank, i) => sum + (rank - (i + 1)) ** 2, 0);
  const u = n * off(ranks.slice(0, n)) + m * off(ranks.slice(n));
  return u / (n * m * (n + m)) - (4 * n * m - 1) / (6 * (n + m));
}
