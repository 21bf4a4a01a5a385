/**
 * The two-sample Anderson-Darling statistic (Pettitt 1976, "A two-sample Anderson-Darling rank statistic", Biometrika 63(1); with ties
 * as Scholz and Stephens 1987, eq. 7, have it before mid-ranks): like Cramer and von Mises', with tails given their due.
 */
export function andersonDarling(x: readonly number[], y: readonly number[]): number {
  const [n, m] = [x.length, y.length];
  const total = n + m;
  const a = x.toSorted((p, q) => p - q);
  const b = y.toSorted((p, q) => p - q);
  let sum = 0;
  for (let i = 0, j = 0; i + j < total; ) {
    const value = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    const before = i + j;
    while (i < n && a[i] === value) i++;
    while (j < m && b[j] === value) j++;
    const k = i + j;
    if (k < total) sum += ((k - before) * (i * total - k * n) ** 2) / (k * (total - k));
  }
  return sum / (n * m);
}
