import { METRIC_NAMES, METRICS, type Metric, type Scenario } from "../../model/scenario.js";
import type { Outcome } from "../../sim/outcome.js";

/** What can be estimated in the long run: the objective or a metric, per workflow submitted, or the number in the system. */
export type Figure = Metric | "objective" | "numberInSystem";

export const FIGURES: Readonly<Record<Figure, string>> = {
  objective: "the scenario's objective, per workflow",
  numberInSystem: "workflows in the system, a time average",
  ...METRICS,
};
export const FIGURE_NAMES = [
  "objective",
  "numberInSystem",
  ...METRIC_NAMES,
] as const satisfies readonly Figure[];

/** A figure of a whole run. */
export function figureOf({ objective, meanInSystem, metrics }: Outcome, figure: Figure): number {
  switch (figure) {
    case "objective":
      return objective;
    case "numberInSystem":
      return meanInSystem;
    default:
      return metrics[figure];
  }
}

/** What accrues as a run goes on, of which a figure is the ratio: the total over the workflows, or over the seconds. */
export function accruedTotal(
  metrics: Readonly<Record<Metric, number>>,
  figure: Figure,
  { objective }: Scenario,
): number {
  switch (figure) {
    case "objective":
      return METRIC_NAMES.reduce((sum, name) => sum + objective.weights[name] * metrics[name], 0);
    case "numberInSystem":
      return metrics.flowTime;
    default:
      return metrics[figure];
  }
}
