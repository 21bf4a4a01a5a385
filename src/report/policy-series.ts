import type { ScenarioSummary } from "../experiment/results.js";
import { ink, type Series } from "./palette.js";

/** How a policy is drawn where lines or points of several are in one chart: by colour, and by dashes too, since colour alone tells not everyone. */
export interface PolicySeries {
  readonly policy: string;
  readonly ink: Series;
  readonly dash: readonly number[];
}

const INKS: readonly Series[] = [
  "accent",
  "series2",
  "series3",
  "series4",
  "series5",
  "series6",
  "series7",
  "series8",
];
const SOLID: readonly number[] = [1, 0];
const DASHES: readonly (readonly number[])[] = [
  SOLID,
  SOLID,
  SOLID,
  SOLID,
  [7, 3],
  [2, 3],
  [7, 3, 2, 3],
  [4, 2],
];

/**
 * The policies with a colour of their own, the same in all scenarios: the learned ones, then those that others are compared
 * with, then the best of the rest by their ranks. Who has none is grey.
 */
export function policySeries(scenarios: readonly ScenarioSummary[]): readonly PolicySeries[] {
  const baselines = new Set(scenarios.map(({ baseline }) => baseline));
  const ranks = new Map<string, number>();
  for (const { policies } of scenarios) {
    for (const { policy, rank } of policies) ranks.set(policy, (ranks.get(policy) ?? 0) + rank);
  }
  const order = ({ policy, kind }: ScenarioSummary["policies"][number]): number =>
    kind === "learned" ? 0 : baselines.has(policy) ? 1 : 2;
  return (scenarios[0]?.policies ?? [])
    .toSorted((a, b) => order(a) - order(b) || ranks.get(a.policy)! - ranks.get(b.policy)!)
    .slice(0, INKS.length)
    .map(({ policy }, i) => ({ policy, ink: INKS[i]!, dash: DASHES[i]! }));
}

/** Scales of a chart's colours and dashes by policy. */
export const inkScale = (series: readonly PolicySeries[]) => ({
  domain: series.map(({ policy }) => policy),
  range: series.map((each) => ink(each.ink)),
});
export const dashScale = (series: readonly PolicySeries[]) => ({
  domain: series.map(({ policy }) => policy),
  range: series.map(({ dash }) => dash),
});
