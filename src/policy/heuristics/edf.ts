import type { Policy } from "../policy.js";
import { least } from "./choose.js";

/** Earliest deadline first: the task whose workflow is due first; without deadlines, the one that has waited longest. */
export const edf = (): Policy => ({
  name: "edf",
  kinds: ["dispatch"],
  reset() {},
  decide: (view) => least(view, (v, i) => v.tasks.dueAt(v.task(i)), null),
});
