import { assert } from "../../../kit/assert.js";

/** Autocorrelations at lags 0, 1, ..., `lags`, with the divisor n at every lag; 0 where values do not vary. */
export function autocorrelations(values: Float64Array, lags: number): Float64Array {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const found = new Float64Array(lags + 1);
  for (let lag = 0; lag <= Math.min(lags, n - 1); lag++) {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += (values[i]! - mean) * (values[i - lag]! - mean);
    found[lag] = sum / n;
  }
  const variance = found[0]!;
  if (variance > 0) for (let lag = 0; lag <= lags; lag++) found[lag]! /= variance;
  return found;
}

/** Correlation of two columns (Pearson); 0 where one does not vary. */
export function correlation(a: Float64Array, b: Float64Array): number {
  assert(a.length === b.length, "columns that go together have one length");
  const n = a.length;
  const [meanA, meanB] = [a, b].map((column) => column.reduce((sum, value) => sum + value, 0) / n);
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [a[i]! - meanA!, b[i]! - meanB!];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/**
 * The mean block length that is best for the variance of a mean under the stationary bootstrap: Politis and White 2004,
 * "Automatic block-length selection for the dependent bootstrap", with the constant as corrected by Patton, Politis and
 * White 2009. 1 where nothing is seen of dependence.
 */
export function blockLength(values: Float64Array): number {
  const n = values.length;
  if (n < 10) return 1;
  const quiet = Math.max(5, Math.ceil(Math.sqrt(Math.log10(n))));
  const mostLag = Math.min(n - 1, Math.ceil(Math.sqrt(n)) + quiet);
  const rho = autocorrelations(values, mostLag);
  if (rho[0] === 0) return 1;
  const band = 2 * Math.sqrt(Math.log10(n) / n);
  // The last lag after which so many in a row are as those of independent values.
  let last = 0;
  for (let lag = 1, calm = 0; lag <= mostLag && calm < quiet; lag++) {
    if (Math.abs(rho[lag]!) < band) calm++;
    else [last, calm] = [lag, 0];
  }
  if (last === 0) return 1;
  const bandwidth = Math.min(2 * last, mostLag);
  // Sums over lags of both signs under the flat-top window (Politis and Romano 1995).
  let [weighted, spectrum] = [0, rho[0]!];
  for (let lag = 1; lag <= bandwidth; lag++) {
    const t = lag / bandwidth;
    const window = t <= 0.5 ? 1 : 2 * (1 - t);
    weighted += 2 * window * lag * rho[lag]!;
    spectrum += 2 * window * rho[lag]!;
  }
  const best = Math.cbrt((weighted * weighted) / (spectrum * spectrum)) * Math.cbrt(n);
  return Math.min(Math.max(1, best), Math.ceil(Math.min(3 * Math.sqrt(n), n / 3)));
}
