/**
 * Energy distance of two samples, 2 E|X - Y| - E|X - X'| - E|Y - Y'| (Szekely and Rizzo 2004, "Testing for equal distributions in high
 * dimension"): on a line twice the area of the squared distance of the distribution functions, and zero for one law only. In the unit
 * of the values; scipy's `energy_distance` is its root.
 */
export function energyDistance(x: readonly number[], y: readonly number[]): number {
  const a = x.toSorted((p, q) => p - q);
  const b = y.toSorted((p, q) => p - q);
  let area = 0;
  let last = Math.min(a[0]!, b[0]!);
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const value = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    area += (value - last) * (i / a.length - j / b.length) ** 2;
    last = value;
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
  }
  return 2 * area;
}
