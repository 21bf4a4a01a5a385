import {
  absolutePrecision,
  kimNelson,
  mean,
  meanInterval,
  pairedDifference,
  relativePrecision,
} from "./statistics/index.js";

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
 * so that it does not favour either side of a comparison; how little that costs in coverage is measured in docs/experiments.md.
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
  const intervals =
    rule.of === "means"
      ? columns.map((column) => {
          const own = meanInterval(column, level);
          return { mean: own.mean, halfWidth: (own.high - own.low) / 2 };
        })
      : pairs.map(([policy, against]) => {
          const difference = pairedDifference(columns[policy]!, columns[against]!, level);
          return {
            mean: meanInterval(columns[against]!, level).mean,
            halfWidth: (difference.high - difference.low) / 2,
          };
        });
  const looks = intervals.map(({ mean, halfWidth }) =>
    rule.relative && halfWidth > 0
      ? relativePrecision(size, { mean, halfWidth }, rule.halfWidth)
      : absolutePrecision(size, halfWidth, rule.halfWidth),
  );
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
