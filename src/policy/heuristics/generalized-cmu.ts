import type { Policy } from "../policy.js";
import { label, type Weights } from "../weights.js";
import { indexRule, serviceRate } from "./index-rule.js";

export interface GeneralizedCmuKnobs {
  /** A type of which n are present costs `cost` * n ^ power a second; 2 is quadratic, 1 the plain cμ rule. */
  readonly power?: number;
  /** 1: the cost of the last one, C(n) - C(n - 1), in place of the derivative. */
  readonly difference?: number;
}

/** The generalized cμ rule (van Mieghem 1995): largest marginal holding cost of the type, C'(n), times service rate. */
export function generalizedCmu({ power = 2, difference = 0 }: GeneralizedCmuKnobs, cost: Weights): Policy {
  const marginal = (n: number): number =>
    difference === 1 ? n ** power - (n - 1) ** power : power * n ** (power - 1);
  const rule = indexRule(
    "generalized-cmu",
    (view, task, pool) =>
      cost.of(view.tasks.type(task)) * marginal(view.tasks.queueLength(task)) * serviceRate(view, task, pool),
    {},
  );
  return { ...rule, name: label("generalized-cmu", { power, difference }, ["", cost]) };
}
