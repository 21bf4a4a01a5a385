import { type DecisionView, START } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { leastStart, writeScores } from "./choose.js";
import { serviceTime } from "./delay.js";
import { plainPolicy } from "./plain-policy.js";

/**
 * A rule for the order of service: of the waiting tasks the one with the least score, of equals the one that has waited
 * longest; it goes to the free pool where it takes the least time. It never idles where it could start something.
 */
export const serviceOrder = (name: string, score: (view: DecisionView, task: number) => number): Policy =>
  plainPolicy(
    name,
    "dispatch",
    (view) => orderedStart(view, score),
    (view, scores) => {
      writeScores(
        view,
        scores,
        (v, i) => score(v, v.task(i)),
        (v, i) => v.option(i) === START,
      );
      return "least";
    },
  );

/** The START that a rule for the order of service takes. */
export function orderedStart(
  view: DecisionView,
  score: (view: DecisionView, task: number) => number,
): number {
  // Candidates of one task need not be neighbours, so the task is settled first and its pool after.
  const chosen = leastStart(
    view,
    (v, i) => score(v, v.task(i)),
    (v, i) => v.tasks.readyAt(v.task(i)),
  );
  const task = view.task(chosen);
  return leastStart(
    view,
    (v, i) => (v.task(i) === task ? 0 : 1),
    (v, i) => serviceTime(v, v.task(i), v.pool(i)),
  );
}
