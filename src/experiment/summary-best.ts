import { formatLevel } from "../kit/format-number.js";
import { bestOfSeveral } from "./statistics/index.js";
import type { BestSummary } from "./summary.js";
import { bounded } from "./summary-estimate.js";

/**
 * How sure it is that the first policy is the best, and who else may be.
 *
 * @param policies names, the least mean cost first; `costs` in the same order, seed by seed
 * @param indifference relative to the least mean, e.g. 0.01
 */
export function summarizeBest(
  policies: readonly string[],
  costs: readonly (readonly number[])[],
  { indifference, level }: { readonly indifference: number; readonly level: number },
): BestSummary {
  const least = costs[0]!.reduce((sum, cost) => sum + cost, 0) / costs[0]!.length;
  const absolute = indifference * Math.abs(least);
  const found = bestOfSeveral(costs, { indifference: absolute, level });
  const facts = {
    policy: policies[0]!,
    certainty: bounded(found.certainty),
    indifference: absolute,
    candidates: found.candidates.map((i) => policies[i]!),
    seedsNeeded: bounded(found.rowsNeeded),
  };
  const alike = policies.filter((_, i) => i > 0 && costs[i]!.every((cost, seed) => cost === costs[0]![seed]));
  const setting = { policies: policies.length, alike, seeds: costs[0]!.length, indifference, level };
  return { ...facts, sentence: inWords(facts, setting) };
}

interface Setting {
  readonly policies: number;
  /** Policies that did just what the best did. */
  readonly alike: readonly string[];
  readonly seeds: number;
  readonly indifference: number;
  readonly level: number;
}

function inWords(
  { policy, certainty, candidates, seedsNeeded }: Omit<BestSummary, "sentence">,
  { policies, alike, seeds, indifference, level }: Setting,
): string {
  if (policies === 1) return `${policy} is the only policy.`;
  if (certainty === null) return "One seed cannot tell which policy is the best.";
  const twins = alike.length === 0 ? "" : ` (with ${shortened(alike)}, which cost the same on every seed)`;
  if (alike.length === policies - 1) return "All policies cost the same on every seed.";
  const within = indifference > 0 ? ` or within ${formatLevel(indifference)} % of it` : "";
  const rivals = candidates.filter((name) => name !== policy && !alike.includes(name));
  if (certainty >= level) {
    const others =
      rivals.length === 0
        ? "every other is ruled out"
        : `${shortened(rivals)} ${rivals.length > 1 ? "are" : "is"} too near to rule out`;
    return `Best: ${policy}${twins}; ${sure(certainty)} sure that it is the best${within}; ${others}.`;
  }
  const more =
    seedsNeeded === null || seedsNeeded <= seeds
      ? "More seeds alone may not tell"
      : `About ${rounded(seedsNeeded)} seeds should tell`;
  const maybe = rivals.length === 0 ? "" : `; it may also be ${shortened(rivals)}`;
  return `Best so far: ${policy}${twins}, but only ${sure(certainty)} sure that it is the best${within}${maybe}. ${more}.`;
}

const shortened = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");

/** Rounded down, so that no doubt is rounded away. */
function sure(certainty: number): string {
  if (certainty > 0.9999) return "over 99.99 %";
  return `${(Math.floor(certainty * 1000) / 10).toFixed(1)} %`;
}

const rounded = (count: number): string => Number(count.toPrecision(2)).toLocaleString("en");
