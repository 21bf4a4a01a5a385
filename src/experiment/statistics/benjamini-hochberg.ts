/**
 * P-values adjusted for the false discovery rate: Benjamini and Hochberg 1995, "Controlling the false discovery rate", J. R.
 * Stat. Soc. B 57(1). Of what is called different where the adjusted value is below alpha, at most the share alpha is called
 * so wrongly in the mean, where tests are independent or go together (Benjamini and Yekutieli 2001). It asks for less than `holm`,
 * and serves to pick what deserves a closer look. Order is kept; NaN stays NaN and does not count.
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const order = pValues
    .map((_, i) => i)
    .filter((i) => !Number.isNaN(pValues[i]!))
    .sort((i, j) => pValues[j]! - pValues[i]!);
  const adjusted = pValues.map(() => Number.NaN);
  let least = 1;
  order.forEach((i, above) => {
    least = Math.min(least, (order.length / (order.length - above)) * pValues[i]!);
    adjusted[i] = least;
  });
  return adjusted;
}
