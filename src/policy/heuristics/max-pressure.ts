import type { DecisionView } from "../../model/decision-view.js";
import { WAIT } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { label, type Weights } from "../weights.js";
import { firstOption } from "./choose.js";
import { type IndexRuleKnobs, indexRule, serviceRate } from "./index-rule.js";

export interface MaxPressureKnobs extends IndexRuleKnobs {
  readonly idle?: number;
}

/**
 * MaxPressure (Dai and Lin 2005): largest service rate * (cost * queue length of the type, less that of the types that
 * follow it). All children count in full: that is right for chains and forks, too much where only one of several follows.
 * With `idle=1` it waits, where it may, rather than push against a negative pressure.
 */
export function maxPressure({ joint = 0, idle = 0 }: MaxPressureKnobs, cost: Weights): Policy {
  const weighed = ({ tasks }: DecisionView, task: number): number => {
    let pressure = cost.of(tasks.type(task)) * tasks.queueLength(task);
    for (let k = 0; k < tasks.nextCount(task); k++) {
      pressure -= cost.of(tasks.nextType(task, k)) * tasks.nextLength(task, k);
    }
    return pressure;
  };
  const rule = indexRule(
    "max-pressure",
    (view, task, pool) => weighed(view, task) * serviceRate(view, task, pool),
    { joint },
    ["", cost],
  );
  if (idle === 0) return rule;
  return {
    ...rule,
    name: label("max-pressure", { ...(joint === 0 ? {} : { joint }), idle }, ["", cost]),
    decide(view) {
      const chosen = rule.decide(view);
      const against = view.option(chosen) !== WAIT && weighed(view, view.task(chosen)) < 0;
      return against ? firstOption(view, [WAIT, view.option(chosen)]) : chosen;
    },
  };
}
