import {
  absolutePrecision,
  halfWidth,
  kimNelson,
  mean,
  moments,
  relativePrecision,
  sizeForSkewness,
} from "./statistics/index.js";
import { pairedDifferences } from "./statistics/paired-differences.js";

/** When there have been seeds enough. */
export type StoppingRule = WidthRule | BestRule;

/** Where intervals are narrow. */
export interface WidthRule {
  /** Half-width to reach: of the metric in its unit, or a share of the mean (of differences: of the mean compared with). */
  readonly halfWidth: number;
  readonly relative: boolean;
  /** Whether each policy's mean is to be known so well, or each difference that is asked for. */
  readonly of: "means" | "differences";
  /** Seeds after which it is given up. */
  readonly atMost: number;
}

/** Where it is sure which policy is the best, or good enough. */
export interface BestRule {
  readonly of: "best";
  /** A difference that is not worth telling apart: in the metric's unit, or a share of the least mean of the first seeds. */
  readonly indifference: number;
  readonly relative: boolean;
  readonly atMost: number;
}

/** Seeds whose spread the selection of the best goes by. */
const FIRST_STAGE = 10;

/** Two policies of a column each: which is compared with which. */
export type Pair = readonly [policy: number, against: number];

export interface Look {
  readonly reached: boolean;
  /** How many seeds to have at the next look; as many as there are where the rule has been met, or given up. */
  readonly next: number;
}

/**
 * One look at the runs so far, all of as many seeds. Where intervals are to be narrow it sees how wide they are and not what is in them,
 * so that it does not favour either side of a comparison, and asks for more seeds where values are skew; what intervals cover at the end
 * is measured in docs/statistics.md.
 * @param columns the metric by policy, by seed
 */
export function look(
  rule: StoppingRule,
  columns: readonly (readonly number[])[],
  pairs: readonly Pair[],
  level: number,
): Look {
  if (rule.of === "best") return lookForBest(rule, columns, level);
  const size = columns[0]!.length;
  const samples =
    rule.of === "means"
      ? columns.map((values) => ({ values, scale: mean(values) }))
      : pairs.map(([policy, against]) => ({
          values: pairedDifferences(columns[policy]!, columns[against]!),
          scale: mean(columns[against]!),
        }));
  const looks = samples.map(({ values, scale }) => {
    const half = halfWidth(moments(values), level);
    const least = sizeForSkewness(values);
    return rule.relative && half > 0
      ? relativePrecision(size, { mean: scale, halfWidth: half }, rule.halfWidth, least)
      : absolutePrecision(size, half, rule.halfWidth, least);
  });
  const asked = Math.max(size, ...looks.map(({ next }) => next));
  return {
    reached: looks.every(({ reached }) => reached),
    next: Math.min(asked, Math.max(size, rule.atMost)),
  };
}

/** By Kim and Nelson's procedure, which may look after every seed: the answer is that of the first at which it is sure. */
function lookForBest(rule: BestRule, columns: readonly (readonly number[])[], level: number): Look {
  const size = columns[0]!.length;
  const more = Math.min(Math.ceil(1.5 * size), Math.max(size, rule.atMost));
  const least = Math.min(...columns.map((column) => Math.abs(mean(column.slice(0, FIRST_STAGE)))));
  const indifference = rule.indifference * (rule.relative ? least : 1);
  // A share of nothing tells nothing apart.
  if (indifference === 0) return { reached: false, next: more };
  const { decided, mostRows } = kimNelson(columns, { indifference, level, firstStage: FIRST_STAGE });
  return decided
    ? { reached: true, next: size }
    : { reached: false, next: Math.min(more, Math.max(mostRows, size)) };
}
