import { assert } from "../../../kit/assert.js";

export interface KolmogorovSmirnovTest {
  /** Largest distance of the distribution functions, 0 to 1. */
  readonly statistic: number;
  /** How likely two samples of one law lie so far apart. */
  readonly pValue: number;
  readonly method: "exact" | "asymptotic";
}

/** Cells of the lattice that are gone through for an exact p-value. */
const MOST_CELLS = 1e7;

/**
 * Smirnov's test of independent samples: do they have one law? The p-value is exact given the ties up to 10 million pairs, by
 * counting lattice paths that stay within the distance (Schroer and Trenkler 1995, "Exact and randomization distributions of
 * Kolmogorov-Smirnov tests two or three samples", Computational Statistics and Data Analysis 20(2)); beyond, Kolmogorov's limit with Stephens'
 * correction (1970).
 */
export function kolmogorovSmirnov(x: ArrayLike<number>, y: ArrayLike<number>): KolmogorovSmirnovTest {
  const [n, m] = [x.length, y.length];
  assert(n > 0 && m > 0, "Smirnov's test needs values on both sides");
  const a = Float64Array.from(x).sort();
  const b = Float64Array.from(y).sort();
  // Distances in whole numbers: |i m - j n|, after i values of x and j of y, seen where a group of ties ends.
  let most = 0;
  const ends = new Uint8Array(n + m + 1);
  for (let i = 0, j = 0; i + j < n + m; ) {
    const value = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    while (i < n && a[i] === value) i++;
    while (j < m && b[j] === value) j++;
    ends[i + j] = 1;
    most = Math.max(most, Math.abs(i * m - j * n));
  }
  const statistic = most / (n * m);
  if (n * m <= MOST_CELLS)
    return { statistic, pValue: shareOfPathsBeyond(most, n, m, ends), method: "exact" };
  const root = Math.sqrt((n * m) / (n + m));
  return { statistic, pValue: kolmogorovTail((root + 0.12 + 0.11 / root) * statistic), method: "asymptotic" };
}

/** Of all orders of n and m, the share that anywhere comes as far apart. */
function shareOfPathsBeyond(most: number, n: number, m: number, ends: Uint8Array): number {
  if (most === 0) return 1;
  // beyond[j]: probability that a random path through (i, j) has been so far apart on its way, row by row in i.
  const beyond = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      if (ends[i + j] === 1 && Math.abs(i * m - j * n) >= most) beyond[j] = 1;
      else if (i + j === 0) beyond[j] = 0;
      // Of the paths to (i, j), i / (i + j) come from (i - 1, j).
      else beyond[j] = ((i > 0 ? beyond[j]! * i : 0) + (j > 0 ? beyond[j - 1]! * j : 0)) / (i + j);
    }
  }
  return beyond[m]!;
}

function kolmogorovTail(z: number): number {
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * z * z);
  return z < 0.2 ? 1 : Math.min(1, Math.max(0, sum));
}
