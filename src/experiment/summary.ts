import type { CellFigure } from "./cell-figure.js";
import type { FlowTime, PolicyEntry } from "./results.js";

/** What `summarize` makes of a benchmark's results; plain JSON. Numbers that are unbounded or unknown are null. */
export interface BenchmarkSummary {
  /** Of every interval, e.g. 0.95. */
  readonly level: number;
  /** In the order of the results. */
  readonly scenarios: readonly ScenarioSummary[];
  /** Over all scenarios together; null for one scenario, and where costs have no ratios. */
  readonly aggregate: AggregateSummary | null;
  /** Those that an experiment asks for by name, by scenario; p-values are adjusted for all of them together. */
  readonly comparisons?: readonly AskedComparison[];
  /** What a reader must know to read the numbers rightly; sentences. */
  readonly notes: readonly string[];
}

export interface ScenarioSummary {
  readonly scenario: string;
  /** What policies are compared by, and what is called the objective here; an experiment may name another metric. */
  readonly metric: CellFigure;
  /** The expression of the scenario's objective, or the name of the other metric. */
  readonly objective: string;
  /** How many paired seeds. */
  readonly seeds: number;
  /** Whom the others are compared with. */
  readonly baseline: string;
  readonly baselineChosen: "by name" | "best heuristic" | "best policy";
  /** Best first. */
  readonly policies: readonly PolicySummary[];
  /** One for each learned policy, else one for the best policy: "ppo beats the best heuristic (sed) by 12.3 % [...]". */
  readonly verdicts: readonly Verdict[];
  /** How sure it is that the first policy is the best. */
  readonly best: BestSummary;
  /** Which policies no other beats in both of two figures; null for one policy. */
  readonly front: FrontSummary | null;
}

export interface AskedComparison {
  readonly scenario: string;
  readonly policy: string;
  readonly against: string;
  readonly comparison: Comparison;
}

export interface Verdict {
  readonly policy: string;
  readonly outcome: "better" | "worse" | "unclear";
  readonly sentence: string;
}

export interface PolicySummary {
  readonly policy: string;
  readonly kind: PolicyEntry["kind"];
  /** 1 is the least mean objective; equal means share a rank. */
  readonly rank: number;
  readonly objective: Estimate;
  /** Means over the seeds: of each metric, of each run's quantiles, and of each pool's figures. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly flowTime: FlowTime;
  /** Seconds: the 99th percentile of flow time in a run, averaged over seeds. Null where a run had no workflow that succeeded. */
  readonly p99: Estimate | null;
  readonly pools: readonly {
    readonly name: string;
    readonly utilisation: number;
    readonly meanWaiting: number;
  }[];
  /** Share of the workflows that ended while measured that succeeded; null where none ended. */
  readonly success: number | null;
  /** Absent for the baseline itself. */
  readonly comparison?: Comparison;
}

/** A mean with its interval. An end is null where it is unbounded: fewer than two seeds. */
export interface Estimate {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Against the baseline, by paired seeds. Negative is better. */
export interface Comparison {
  /** Mean of policy minus baseline, with its t interval. */
  readonly absolute: Estimate;
  /** mean(policy) / mean(baseline) - 1 with Fieller's interval; null where a ratio means nothing (baseline not above zero). */
  readonly relative: Estimate | null;
  /** The same of the 99th percentiles of flow time. */
  readonly relativeP99: Estimate | null;
  /** Two-sided paired t-test; null with fewer than two seeds. */
  readonly pValue: number | null;
  /** The same after Holm's correction over the scenario's comparisons. */
  readonly adjustedPValue: number | null;
  /** The same after Benjamini and Hochberg's, which bounds the share of false findings instead of the chance of any. */
  readonly falseDiscoveryPValue: number | null;
  /** Two-sided Wilcoxon signed-rank test, which asks for no normal differences. */
  readonly signedRankPValue: number;
  readonly effect: Effect;
}

export interface Effect {
  /** Cohen's d of the pairs, with its exact interval; null where it is not finite. */
  readonly d: Estimate | null;
  /** Hedges' g: d less the bias of few seeds. */
  readonly g: number | null;
  readonly size: "negligible" | "small" | "medium" | "large" | null;
  /** Seeds on which the policy costs less than the baseline, and as much. */
  readonly cheaperSeeds: number;
  readonly equalSeeds: number;
  /** How likely it costs less on a seed, ties by half, with Wilson's interval. */
  readonly cheaper: Estimate;
}

export interface BestSummary {
  readonly policy: string;
  /** At least so sure is it that no other policy's true mean is lower by more than the indifference; null for one seed. */
  readonly certainty: number | null;
  /** In the objective's unit: a difference that is not worth telling apart. */
  readonly indifference: number;
  /** Policies that may yet be the true best, at the level of the intervals, best first. */
  readonly candidates: readonly string[];
  /** Seeds that should make it sure at that level, were means and spreads as they are; null where no number would. */
  readonly seedsNeeded: number | null;
  readonly sentence: string;
}

export type FrontAxes = readonly [x: CellFigure, y: CellFigure];

export interface FrontSummary {
  readonly axes: FrontAxes;
  /** In the order of `policies`. */
  readonly points: readonly FrontPoint[];
  readonly sentence: string;
}

export interface FrontPoint {
  readonly policy: string;
  /** Mean on each axis; lower is better. */
  readonly x: number;
  readonly y: number;
  /** No other policy has lower means on one axis and none higher on the other. */
  readonly onFront: boolean;
  /** Share of bootstrap resamples of the seeds in which it is on the front. */
  readonly confidence: number;
}

/**
 * Over several scenarios, by Agarwal et al. 2021: a run's score is the cost of the scenario's baseline over its own cost on the
 * same seed. 1 is as good as the baseline, more is better. Intervals by bootstrap of the seeds within scenarios.
 */
export interface AggregateSummary {
  readonly scenarios: number;
  /** Highest interquartile mean first. */
  readonly policies: readonly AggregatePolicy[];
  /** Scores at which the profiles are given. */
  readonly thresholds: readonly number[];
  /** Of mean costs by scenario; null below five scenarios, too few for ranks to tell. */
  readonly ranks: { readonly pValue: number; readonly criticalDifference: number } | null;
  readonly sentence: string;
}

export interface AggregatePolicy {
  readonly policy: string;
  readonly kind: PolicyEntry["kind"];
  readonly interquartileMean: Estimate;
  readonly mean: Estimate;
  /** By how much scores fall short of 1 in the mean. */
  readonly optimalityGap: Estimate;
  /** How likely it costs less than the baseline on a seed of a scenario drawn at random, ties by half. */
  readonly probabilityOfImprovement: Estimate;
  /** Mean over scenarios of its rank by mean cost. */
  readonly meanRank: number;
  /** Share of runs whose score lies above each threshold. */
  readonly profile: readonly Estimate[];
}
