import type { Policy } from "../policy.js";
import type { Weights } from "../weights.js";
import { type IndexRuleKnobs, indexRule, serviceRate } from "./index-rule.js";

/** The cμ rule (Cox and Smith 1961): largest holding cost of the type times service rate. */
export const cmu = (knobs: IndexRuleKnobs, cost: Weights): Policy =>
  indexRule(
    "cmu",
    (view, task, pool) => cost.of(view.tasks.type(task)) * serviceRate(view, task, pool),
    knobs,
    ["", cost],
  );
