import { hasRunningCost } from "../../model/objective.js";
import { METRIC_NAMES, METRICS, type Metric, type Scenario } from "../../model/scenario.js";
import type { Outcome } from "../../sim/outcome.js";
import type { Simulation } from "../../sim/simulation.js";

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

/** Whether the figure is a ratio of what accrues as a run goes on, so that a long run can be cut into batches. */
export const accrues = ({ objective }: Scenario, figure: Figure): boolean =>
  figure !== "objective" || (objective.weights !== null && hasRunningCost(objective));

/** What has accrued of a figure: the total over the workflows, or over the seconds. Only where it `accrues`. */
export function accruedTotal(sim: Simulation, figure: Figure): number {
  if (figure === "objective") return sim.cost();
  return sim.accrued().metrics[figure === "numberInSystem" ? "flowTime" : figure];
}
