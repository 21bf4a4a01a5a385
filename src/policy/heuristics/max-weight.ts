import type { Policy } from "../policy.js";
import type { Weights } from "../weights.js";
import { type IndexRuleKnobs, indexRule, serviceRate } from "./index-rule.js";

/** MaxWeight (Tassiulas and Ephremides 1992; Stolyar 2004): largest holding cost * service rate * queue length of the type. */
export const maxWeight = (knobs: IndexRuleKnobs, cost: Weights): Policy =>
  indexRule(
    "max-weight",
    (view, task, pool) =>
      cost.of(view.tasks.type(task)) * view.tasks.queueLength(task) * serviceRate(view, task, pool),
    knobs,
    ["", cost],
  );
