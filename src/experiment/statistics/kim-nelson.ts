import { assert } from "../../kit/assert.js";
import { checkLevel } from "./mean-interval.js";
import { moments } from "./moments.js";
import { pairedDifferences } from "./paired-differences.js";

export interface KimNelsonPlan {
  /** A difference not worth telling apart, in the unit of the values; above 0, and fixed before the first row is seen. */
  readonly indifference: number;
  /** With which the best is picked if it is better than all others by the indifference; else one within the indifference of it. */
  readonly level?: number;
  /** Rows that measure the spread; 10 by default. */
  readonly firstStage?: number;
}

export interface KimNelson {
  /** Columns that are still in, ascending. One where `decided`. */
  readonly remaining: readonly number[];
  readonly decided: boolean;
  /** Rows looked at: those at which it was decided, or all there are. */
  readonly rows: number;
  /** By then it is decided whatever comes; NaN before the first stage is done. */
  readonly mostRows: number;
}

/**
 * Selection of the column with the least mean, row by row, dropping what falls behind: the fully sequential procedure KN of Kim and
 * Nelson 2001, "A fully sequential procedure for indifference-zone selection in simulation", ACM TOMACS 11(3), section 3, with
 * c = 1. For normal values; rows may share their random numbers, which makes it end sooner.
 *
 * A pure function of the rows so far, and of no row beyond the one that decides: however many are added at a time, the answer is
 * the same.
 *
 * @param columns values of one length each, in the order in which the rows were drawn
 */
export function kimNelson(columns: readonly (readonly number[])[], plan: KimNelsonPlan): KimNelson {
  const { indifference, level = 0.95, firstStage = 10 } = plan;
  checkLevel(level);
  const k = columns.length;
  assert(indifference > 0, `the indifference is above zero, got ${indifference}`);
  assert(
    Number.isInteger(firstStage) && firstStage >= 2,
    `a first stage has two rows or more, got ${firstStage}`,
  );
  let remaining = columns.map((_, i) => i);
  const rows = columns[0]!.length;
  if (k === 1) return { remaining, decided: true, rows: 0, mostRows: 0 };
  assert(level > 1 / k, `of ${k} columns a level of ${level} is had by chance`);
  if (rows < firstStage) return { remaining, decided: false, rows, mostRows: Number.NaN };

  const eta = (((2 * (1 - level)) / (k - 1)) ** (-2 / (firstStage - 1)) - 1) / 2;
  const h2 = 2 * eta * (firstStage - 1);
  /** h^2 S^2 / indifference^2 of each pair: how many rows it may take to tell the two apart. */
  const reach = columns.map((x) => columns.map((y) => (h2 * spread(x, y, firstStage)) / indifference ** 2));
  const mostRows = 1 + Math.max(firstStage - 1, ...reach.map((pairs) => Math.floor(Math.max(...pairs))));

  const sums = columns.map((column) => column.slice(0, firstStage).reduce((sum, value) => sum + value, 0));
  for (let r = firstStage; ; r++) {
    // Over r rows column i is out where it lies above another by more than W = indifference / 2r (reach - r).
    const allowed = (i: number, j: number) => (indifference / 2) * Math.max(0, reach[i]![j]! - r);
    remaining = remaining.filter((i) => remaining.every((j) => sums[i]! - sums[j]! <= allowed(i, j)));
    if (remaining.length > 1 && r >= mostRows) {
      remaining = [remaining.reduce((best, i) => (sums[i]! < sums[best]! ? i : best))];
    }
    if (remaining.length === 1 || r === rows)
      return { remaining, decided: remaining.length === 1, rows: r, mostRows };
    columns.forEach((column, i) => {
      sums[i]! += column[r]!;
    });
  }
}

/** Variance of the difference over the first rows. */
function spread(x: readonly number[], y: readonly number[], rows: number): number {
  return moments(pairedDifferences(x.slice(0, rows), y.slice(0, rows))).standardDeviation ** 2;
}
