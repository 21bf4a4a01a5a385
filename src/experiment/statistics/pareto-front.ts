import { assert } from "../../kit/assert.js";
import type { SequentialStream } from "../../kit/sequential-stream.js";

/**
 * Which points no other dominates: is at most as large in every coordinate and smaller in one (Pareto). Lower is better. Equal points
 * do not dominate each other. A point with a NaN is never on the front and dominates none.
 */
export function paretoFront(points: readonly (readonly number[])[]): boolean[] {
  const known = points.map((point) => point.every((value) => !Number.isNaN(value)));
  return points.map(
    (point, i) => known[i]! && !points.some((other, j) => j !== i && known[j]! && dominates(other, point)),
  );
}

function dominates(x: readonly number[], y: readonly number[]): boolean {
  let smaller = false;
  for (let k = 0; k < x.length; k++) {
    if (x[k]! > y[k]!) return false;
    if (x[k]! < y[k]!) smaller = true;
  }
  return smaller;
}

/**
 * How sure it is that a point lies on the front of the true means: the share of bootstrap resamples of the rows (Efron 1979) in
 * whose means it does. Rows are drawn whole, so that what the points share in a row stays shared.
 *
 * @param figures [point][coordinate][row], all rows on the same random numbers
 * @returns [point], 0 to 1
 */
export function paretoConfidence(
  figures: readonly (readonly (readonly number[])[])[],
  { resamples = 1000, stream }: { readonly resamples?: number; readonly stream: SequentialStream },
): number[] {
  const rows = figures[0]?.[0]?.length ?? 0;
  assert(rows > 0, "a front needs a point and a row");
  const times = new Array<number>(figures.length).fill(0);
  const counts = new Float64Array(rows);
  for (let b = 0; b < resamples; b++) {
    counts.fill(0);
    for (let k = 0; k < rows; k++) counts[stream.integer(rows)]!++;
    const means = figures.map((point) => point.map((column) => weighted(column, counts) / rows));
    paretoFront(means).forEach((on, i) => {
      if (on) times[i]!++;
    });
  }
  return times.map((count) => count / resamples);
}

function weighted(column: readonly number[], counts: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < counts.length; row++) sum += counts[row]! * column[row]!;
  return sum;
}
