import type { Policy } from "../policy.js";
import type { Weights } from "../weights.js";
import { type IndexRuleKnobs, indexRule, serviceRate } from "./index-rule.js";

/** By less than any number of tasks differs from another: it only chooses among the pools that a type may go to. */
const TIE = 1e-6;

/**
 * Longest queue first (Tassiulas and Ephremides 1993): a task of the type of which most wait or run, counted by `weight`,
 * whatever its rate; of equal ones that with the larger rate.
 */
export const longestQueue = (knobs: IndexRuleKnobs, weight: Weights): Policy =>
  indexRule(
    "longest-queue",
    (view, task, pool) => {
      const rate = serviceRate(view, task, pool);
      const length = weight.of(view.tasks.type(task)) * view.tasks.queueLength(task);
      return length * (1 + TIE * (rate === Number.POSITIVE_INFINITY ? 1 : rate / (1 + rate)));
    },
    knobs,
    ["", weight],
  );
