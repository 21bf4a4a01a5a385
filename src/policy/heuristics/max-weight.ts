import type { Policy } from "../policy.js";
import { label, type Weights } from "../weights.js";
import { indexRule, serviceRate } from "./index-rule.js";

/** MaxWeight (Tassiulas and Ephremides 1992; Stolyar 2004): largest holding cost * service rate * queue length of the type. */
export const maxWeight = (cost: Weights): Policy =>
  indexRule(
    label("max-weight", {}, ["", cost]),
    (view, task, pool) =>
      cost.of(view.tasks.type(task)) * view.tasks.queueLength(task) * serviceRate(view, task, pool),
  );
