import type { Policy } from "../policy.js";
import { label, type Weights } from "../weights.js";
import { indexRule, serviceRate } from "./index-rule.js";

/** The cμ rule (Cox and Smith 1961): largest holding cost of the type times service rate. */
export const cmu = (cost: Weights): Policy =>
  indexRule(
    label("cmu", {}, ["", cost]),
    (view, task, pool) => cost.of(view.tasks.type(task)) * serviceRate(view, task, pool),
  );
