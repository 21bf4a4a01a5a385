import { FailureError } from "../kit/errors.js";
import { METRIC_NAMES, METRICS } from "../model/index.js";
import { type Metric, WHOLE_RUN_METRICS } from "../model/objective.js";
import type { BenchmarkCell } from "./results.js";

const QUANTILES = ["p50", "p90", "p95", "p99"] as const;
type Quantile = (typeof QUANTILES)[number];

/** A figure of one run by which policies can be compared. */
export type CellFigure = "objective" | Metric | Quantile;

export const CELL_FIGURES: readonly CellFigure[] = ["objective", ...METRIC_NAMES, ...QUANTILES];

/** What each figure means. Metrics are totals of a run for each workflow submitted in it; quantiles are those of each run. */
export const CELL_FIGURE_MEANINGS: Readonly<Record<CellFigure, string>> = {
  objective: "the scenario's objective, per workflow",
  ...METRICS,
  p50: WHOLE_RUN_METRICS.p50,
  p90: WHOLE_RUN_METRICS.p90,
  p95: WHOLE_RUN_METRICS.p95,
  p99: WHOLE_RUN_METRICS.p99,
};

/** A figure of a run; NaN where the run has none, such as a quantile where nothing succeeded. */
export function cellFigure(cell: BenchmarkCell, figure: CellFigure): number {
  if (figure === "objective") return cell.objective;
  // What has been through a file has null for NaN.
  return (isQuantile(figure) ? cell.flowTime[figure] : cell.metrics[figure]) ?? Number.NaN;
}

/** @throws {FailureError} NO_FIGURE where the run has none */
export function requiredFigure(cell: BenchmarkCell, figure: CellFigure): number {
  const value = cellFigure(cell, figure);
  if (Number.isFinite(value)) return value;
  throw new FailureError("NO_FIGURE", {
    what: `the run has no ${figure}: ${cell.workflows.succeeded} of its workflows succeeded while measured`,
    where: `${cell.scenario}, ${cell.policy}, seed ${cell.seed}`,
    mend: "simulate a longer horizon, or compare by another metric",
  });
}

export const isQuantile = (figure: CellFigure): figure is Quantile =>
  (QUANTILES as readonly string[]).includes(figure);

/** Figures that count each workflow at most once: shares of the workflows submitted. */
export const SHARES: readonly CellFigure[] = ["deadlineMisses", "failures", "timeouts", "denials"];
