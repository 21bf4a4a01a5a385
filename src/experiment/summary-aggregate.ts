import { formatNumber } from "../kit/format-number.js";
import { SequentialStream } from "../kit/sequential-stream.js";
import type { PolicyEntry } from "./results.js";
import {
  friedmanTest,
  type Interval,
  interquartileMean,
  mean,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
  stratifiedBootstrap,
} from "./statistics/index.js";
import type { AggregatePolicy, AggregateSummary, ScenarioSummary } from "./summary.js";
import { estimateOf } from "./summary-estimate.js";

/** Costs of every policy in a scenario, seed by seed, and whom they are set against. */
export interface ScenarioCosts {
  readonly baseline: ScenarioSummary["baseline"];
  readonly costs: ReadonlyMap<string, readonly number[]>;
}

const THRESHOLDS = 41;
const FEWEST_FOR_RANKS = 5;

/** @returns undefined where a cost is not above zero, so that ratios mean nothing */
export function summarizeAggregate(
  scenarios: readonly ScenarioCosts[],
  policies: readonly PolicyEntry[],
  level: number,
): AggregateSummary | undefined {
  if (scenarios.some(({ costs }) => [...costs.values()].some((own) => own.some((cost) => !(cost > 0)))))
    return undefined;
  /** [policy][scenario][seed] */
  const scores = policies.map(({ name }) =>
    scenarios.map(({ baseline, costs }) => {
      const against = costs.get(baseline)!;
      return costs.get(name)!.map((cost, i) => against[i]! / cost);
    }),
  );
  const thresholds = thresholdsOf(scores.flat(2));
  const blocks = scenarios.map(({ costs }) => policies.map(({ name }) => mean(costs.get(name)!)));
  const ranks = policies.length > 1 ? friedmanTest(blocks, level) : undefined;
  const found = policies
    .map(({ name, kind }, p): AggregatePolicy => {
      const [interquartile, plain, gap, improvement, ...profile] = withIntervals(
        name,
        scores[p]!,
        thresholds,
        level,
      );
      return {
        policy: name,
        kind,
        interquartileMean: interquartile!,
        mean: plain!,
        optimalityGap: gap!,
        probabilityOfImprovement: improvement!,
        meanRank: ranks?.meanRanks[p] ?? 1,
        profile,
      };
    })
    .sort((a, b) => b.interquartileMean.mean - a.interquartileMean.mean);
  return {
    scenarios: scenarios.length,
    policies: found,
    thresholds,
    ranks:
      ranks === undefined || scenarios.length < FEWEST_FOR_RANKS
        ? null
        : { pValue: ranks.pValue, criticalDifference: ranks.criticalDifference },
    sentence: inWords(found[0]!, scenarios.length),
  };
}

function withIntervals(
  name: string,
  scores: readonly (readonly number[])[],
  thresholds: readonly number[],
  level: number,
) {
  const figures = (strata: readonly (readonly number[])[]): number[] => {
    const all = strata.flat();
    return [
      interquartileMean(all),
      mean(all),
      optimalityGap(all),
      // The baseline's own score is 1 on every seed.
      probabilityOfImprovement(
        strata,
        strata.map(() => [1]),
      ),
      ...performanceProfile(all, thresholds),
    ];
  };
  const stream = new SequentialStream(`aggregate of ${name}`);
  const intervals: Interval[] = stratifiedBootstrap(scores, figures, { level, resamples: RESAMPLES, stream });
  return figures(scores).map((value, f) => estimateOf(value, intervals[f]!));
}

const RESAMPLES = 1000;

/** From the least to the largest score, on hundredths. */
function thresholdsOf(scores: readonly number[]): number[] {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const score of scores) {
    least = Math.min(least, score);
    most = Math.max(most, score);
  }
  const from = Math.floor(least * 100) / 100;
  const to = Math.ceil(most * 100) / 100;
  return Array.from({ length: THRESHOLDS }, (_, i) => from + ((to - from) * i) / (THRESHOLDS - 1));
}

function inWords(
  { policy, interquartileMean: { mean: score, low, high } }: AggregatePolicy,
  scenarios: number,
): string {
  const range = low === null || high === null ? "" : ` [${formatNumber(low, 3)}, ${formatNumber(high, 3)}]`;
  return `Over ${scenarios} scenarios ${policy} scores highest: ${formatNumber(score, 3)}${range} times as good as each scenario's baseline (interquartile mean).`;
}
