/** Quantile of ascending values, linear between order statistics: type 7 of Hyndman and Fan 1996, which is R's and numpy's. */
export function quantileSorted(sorted: ArrayLike<number>, p: number): number {
  const at = p * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return low + (high - low) * (at - Math.floor(at));
}
