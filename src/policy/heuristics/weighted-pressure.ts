import type { DecisionView } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import type { Weights } from "../weights.js";
import { type IndexRuleKnobs, indexRule, serviceRate } from "./index-rule.js";

/**
 * Largest service rate * (cost + slope * queue length of the type - onward * lengths of the types that follow it), each type
 * with weights of its own. It is cμ with `slope` and `onward` at 0, MaxWeight with `cost` and `onward` at 0, and MaxPressure with
 * `cost` at 0 and `onward` the slope of what follows; so at its best it is no worse than the best of them. A quadratic value
 * function makes rules of this form (Meyn 2009, "Stability and asymptotic optimality of generalized MaxWeight policies").
 */
export const weightedPressure = (
  knobs: IndexRuleKnobs,
  cost: Weights,
  slope: Weights,
  onward: Weights,
): Policy => {
  const weighed = ({ tasks }: DecisionView, task: number): number => {
    const type = tasks.type(task);
    let following = 0;
    for (let k = 0; k < tasks.nextCount(task); k++) following += tasks.nextLength(task, k);
    return cost.of(type) + slope.of(type) * tasks.queueLength(task) - onward.of(type) * following;
  };
  return indexRule(
    "weighted-pressure",
    (view, task, pool) => weighed(view, task) * serviceRate(view, task, pool),
    knobs,
    ["", cost],
    ["slope.", slope],
    ["onward.", onward],
  );
};
