import type { DecisionView } from "../../model/decision-view.js";
import { WAIT } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { label, type Weights } from "../weights.js";
import { firstOption } from "./choose.js";
import { indexRule, serviceRate } from "./index-rule.js";

/**
 * MaxPressure (Dai and Lin 2005): largest service rate * (cost * queue length of the type, less that of the types that
 * follow it). All children count in full: that is right for chains and forks, too much where only one of several follows.
 * With `idle=1` it waits, where it may, rather than push against a negative pressure.
 */
export function maxPressure({ idle = 0 }: { idle?: number }, cost: Weights): Policy {
  const weighed = ({ tasks }: DecisionView, task: number): number => {
    let pressure = cost.of(tasks.type(task)) * tasks.queueLength(task);
    for (let k = 0; k < tasks.nextCount(task); k++) {
      pressure -= cost.of(tasks.nextType(task, k)) * tasks.nextLength(task, k);
    }
    return pressure;
  };
  const rule = indexRule(
    label("max-pressure", { idle }, ["", cost]),
    (view, task, pool) => weighed(view, task) * serviceRate(view, task, pool),
  );
  if (idle === 0) return rule;
  return {
    ...rule,
    decide(view) {
      const chosen = rule.decide(view);
      const against = view.option(chosen) !== WAIT && weighed(view, view.task(chosen)) < 0;
      return against ? firstOption(view, [WAIT, view.option(chosen)]) : chosen;
    },
  };
}
