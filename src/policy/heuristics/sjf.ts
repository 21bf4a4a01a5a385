import type { Policy } from "../policy.js";
import { least } from "./choose.js";

/** Shortest job first, by the size as far as known; of equals the one that has waited longest. */
export const sjf = (): Policy => ({
  name: "sjf",
  kinds: ["dispatch"],
  reset() {},
  decide: (view) => least(view, (v, i) => v.tasks.size(v.task(i)), null),
});
