/**
 * P-values adjusted for making several comparisons at once: Holm 1979, "A simple sequentially rejective multiple test
 * procedure". Rejecting where the adjusted value is below alpha errs anywhere in the family with probability at most
 * alpha, whatever the dependence. Order is kept; NaN (no test could be made) stays NaN and does not count.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues
    .map((_, i) => i)
    .filter((i) => !Number.isNaN(pValues[i]!))
    .sort((i, j) => pValues[i]! - pValues[j]!);
  const adjusted = pValues.map(() => Number.NaN);
  let most = 0;
  order.forEach((i, rank) => {
    most = Math.max(most, Math.min(1, (order.length - rank) * pValues[i]!));
    adjusted[i] = most;
  });
  return adjusted;
}
