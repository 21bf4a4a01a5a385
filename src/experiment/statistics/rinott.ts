import { assert } from "../../kit/assert.js";
import { logGamma } from "../../kit/gamma.js";
import { normalCdf } from "../../kit/normal.js";
import { simpson } from "../../kit/simpson.js";
import { checkLevel } from "./mean-interval.js";
import { moments } from "./moments.js";

export interface RinottPlan {
  /** A difference not worth telling apart, in the unit of the values; above 0, and fixed before the first value is seen. */
  readonly indifference: number;
  /** With which the best is picked if it is better than all others by the indifference; 0.95 by default. */
  readonly level?: number;
}

/**
 * How many values to have of each column, so that the column with the least mean of all its values is the best, or within the
 * indifference of it, with probability `level`: the two-stage procedure of Rinott 1978, "On two-stage selection procedures and
 * related probability-inequalities", Communications in Statistics A7(8). For normal values that are independent from column to
 * column; where columns share their random numbers `kimNelson` needs fewer.
 *
 * @param firstStage values of each column so far, as many of each
 */
export function rinottSizes(
  firstStage: readonly (readonly number[])[],
  { indifference, level = 0.95 }: RinottPlan,
): number[] {
  assert(indifference > 0, `the indifference is above zero, got ${indifference}`);
  const count = firstStage[0]!.length;
  assert(
    firstStage.every((values) => values.length === count),
    "a first stage has as many values of each column",
  );
  const h = rinottConstant(firstStage.length, count, level);
  return firstStage.map((values) =>
    Math.max(count, Math.ceil(((h * moments(values).standardDeviation) / indifference) ** 2)),
  );
}

/** Panels of each of the two integrals; one degree of freedom has the widest law. */
const panelsFor = (nu: number): number => (nu === 1 ? 320 : 160);
/** Beyond that the integrals' own errors would count. */
const MOST_SURE = 1 - 1e-6;

/**
 * Rinott's h: with (h S / indifference)^2 values of each of `columns`, S from a first stage of `firstStage` values, the best is picked at
 * `level`. It solves
 *
 *     level = E[ E[ Phi(h / sqrt(nu (1/X + 1/Y))) | Y ] ^ (columns - 1) ]
 *
 * for X and Y independent chi-squares of nu = firstStage - 1 degrees of freedom. Exact to 1e-7.
 */
export function rinottConstant(columns: number, firstStage: number, level = 0.95): number {
  checkLevel(level);
  assert(level <= MOST_SURE, `a selection is at most ${MOST_SURE} sure, got ${level}`);
  assert(Number.isInteger(columns) && columns >= 1, `a selection is of one column or more, got ${columns}`);
  assert(
    Number.isInteger(firstStage) && firstStage >= 2,
    `a first stage has two values or more, got ${firstStage}`,
  );
  // One that is picked blindly does as well.
  if (level <= 1 / columns) return 0;
  const nu = firstStage - 1;
  // Over the logarithms of the roots of X and Y all that is integrated is smooth and dies away quickly, down to one degree of freedom.
  const from = Math.log(nu) / 2 - 8 / Math.sqrt(nu) - 25 / nu;
  const to = Math.log(Math.sqrt(nu) + 8);
  const panels = panelsFor(nu);
  const scale = (1 - nu / 2) * Math.LN2 - logGamma(nu / 2);
  const density = (log: number): number => Math.exp(scale + nu * log - Math.exp(2 * log) / 2);
  const right = (h: number): number => {
    const given = (y: number): number =>
      simpson(
        (x) => density(x) * normalCdf(h / Math.sqrt(nu * (Math.exp(-2 * x) + Math.exp(-2 * y)))),
        from,
        to,
        panels,
      );
    return simpson((y) => density(y) * given(y) ** (columns - 1), from, to, panels);
  };
  let [low, high] = [0, 1];
  while (right(high) < level) [low, high] = [high, 2 * high];
  while (high - low > 1e-8) {
    const middle = (low + high) / 2;
    if (right(middle) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
