import type { DecisionView } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { least } from "./choose.js";

/** First in, first out: the task that has waited longest. */
export const fifo = (): Policy => ({
  name: "fifo",
  kinds: ["dispatch"],
  reset() {},
  decide: (view) => least(view, (v: DecisionView, i) => v.tasks.readyAt(v.task(i)), null),
});
