import { type CellFigure, cellFigure } from "./cell-figure.js";
import type { Column } from "./results-grid.js";
import {
  benjaminiHochberg,
  holm,
  meanInterval,
  pairedDifference,
  pairedSuperiority,
  pairedTTest,
  relativePairedDifference,
  sizeInWords,
  standardizedDifference,
  wilcoxonSignedRank,
} from "./statistics/index.js";
import type { Comparison, Effect, Estimate } from "./summary.js";
import { bounded, estimateOf } from "./summary-estimate.js";

/** The runs of a policy, and those that they are compared with, on the same seeds. */
export interface ComparedColumns {
  readonly own: Column;
  readonly against: Column;
}

/** Comparisons that are made at once: their p-values are adjusted for all of them together. */
export function summarizeComparisons(
  pairs: readonly ComparedColumns[],
  metric: CellFigure,
  level: number,
): Comparison[] {
  const costs = pairs.map(({ own, against }) => [figures(own, metric), figures(against, metric)] as const);
  const pValues = costs.map(([own, against]) => pairedTTest(own, against).pValue);
  const adjusted = holm(pValues);
  const falseDiscovery = benjaminiHochberg(pValues);
  return costs.map(([own, against], i) => {
    const difference = pairedDifference(own, against, level);
    const relative = relativePairedDifference(own, against, level);
    return {
      absolute: estimateOf(difference.mean, difference),
      relative: relative === undefined ? null : estimateOf(relative.change, relative),
      relativeP99: relativeTail(tails(pairs[i]!.own), tails(pairs[i]!.against), level),
      pValue: bounded(pValues[i]!),
      adjustedPValue: bounded(adjusted[i]!),
      falseDiscoveryPValue: bounded(falseDiscovery[i]!),
      signedRankPValue: wilcoxonSignedRank(own, against).pValue,
      effect: effectOf(own, against, level),
    };
  });
}

/** The 99th percentile of flow time in a run, over the runs; null where a run has none. */
export function summarizeTail(cells: Column, level: number): Estimate | null {
  const interval = meanInterval(tails(cells), level);
  return Number.isFinite(interval.mean) ? estimateOf(interval.mean, interval) : null;
}

const figures = (cells: Column, metric: CellFigure): number[] =>
  cells.map((cell) => cellFigure(cell, metric));

const tails = (cells: Column): number[] => cells.map(({ flowTime }) => flowTime.p99 ?? Number.NaN);

function relativeTail(own: readonly number[], against: readonly number[], level: number): Estimate | null {
  const found = relativePairedDifference(own, against, level);
  return found === undefined || !Number.isFinite(found.change) ? null : estimateOf(found.change, found);
}

function effectOf(own: readonly number[], against: readonly number[], level: number): Effect {
  const { d, g, ...interval } = standardizedDifference(own, against, level);
  const cheaper = pairedSuperiority(own, against, level);
  return {
    d: Number.isFinite(d) ? estimateOf(d, interval) : null,
    g: bounded(g),
    size: Number.isNaN(d) ? null : sizeInWords(d),
    cheaperSeeds: cheaper.below,
    equalSeeds: cheaper.equal,
    cheaper: estimateOf(cheaper.probability, cheaper),
  };
}
