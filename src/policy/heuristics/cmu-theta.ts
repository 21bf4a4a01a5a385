import type { Policy } from "../policy.js";
import type { Weights } from "../weights.js";
import { type IndexRuleKnobs, indexRule, serviceRate } from "./index-rule.js";

/**
 * The cμ/θ rule for classes that abandon (Atar, Giat and Shimkin 2010): largest (holding cost + θ * penalty) * service rate
 * / θ, by type: `theta` is the rate at which one of the type loses patience, `penalty` what that costs.
 */
export const cmuTheta = (knobs: IndexRuleKnobs, cost: Weights, theta: Weights, penalty: Weights): Policy =>
  indexRule(
    "cmu-theta",
    (view, task, pool) => {
      const type = view.tasks.type(task);
      const rate = theta.of(type);
      return ((cost.of(type) + rate * penalty.of(type)) * serviceRate(view, task, pool)) / rate;
    },
    knobs,
    ["", cost],
    ["theta.", theta],
    ["penalty.", penalty],
  );
