import { moments } from "../../kit/moments.js";
import type { Law } from "../synthesis/spec.js";
import { fitFamilies, meanOf, scaledLaw } from "./laws/families.js";
import { quantileTable } from "./laws/quantile-table.js";
import { bestOf, type Criterion, type Score } from "./score.js";

export interface LawFit {
  readonly law: Law;
  /** Families tried, best first; empty where the sample holds zeros, one value only, or too few. */
  readonly families: readonly Score[];
}

/** Values from which on families are told apart. */
const LEAST_VALUES = 10;

/**
 * @param sorted ascending, not negative, at least one
 * @param as the sample's own quantiles, or the family that an information criterion chooses, scaled to the sample's mean
 */
export function fitLaw(sorted: Float64Array, as: "quantiles" | "families", by: Criterion): LawFit {
  const fitted =
    sorted[0]! > 0 && sorted.length >= LEAST_VALUES && sorted[0] !== sorted.at(-1) ? fitFamilies(sorted) : [];
  const families = fitted.map(({ score }) => score).sort((a, b) => a[by] - b[by]);
  const best = bestOf(fitted, by);
  if (as === "quantiles" || best === undefined) return { law: quantileTable(sorted), families };
  return { law: scaledLaw(best.law, meanOf(sorted) / moments(best.law).mean), families };
}

/**
 * Largest distance of two empirical distribution functions (Smirnov 1939); both columns ascending. `ks` of a likeness is
 * this, too.
 */
export function ksDistance(a: Float64Array, b: Float64Array): number {
  let [i, j, most] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const x = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i]! <= x) i++;
    while (j < b.length && b[j]! <= x) j++;
    most = Math.max(most, Math.abs(i / a.length - j / b.length));
  }
  return most;
}

/** Whether two samples are of one law, at 1 % (Smirnov's asymptotic bound). */
export function alike(a: Float64Array, b: Float64Array): boolean {
  const n = (a.length * b.length) / (a.length + b.length);
  return ksDistance(a, b) <= 1.628 / Math.sqrt(n);
}
