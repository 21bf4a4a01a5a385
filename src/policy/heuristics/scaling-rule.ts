import type { DecisionView } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { least, writeScores } from "./choose.js";
import { plainPolicy } from "./plain-policy.js";

/** A rule for the number of servers of a pool that can work or are being set up, without memory. */
export const scalingRule = (name: string, target: (view: DecisionView, pool: number) => number): Policy =>
  plainPolicy(
    name,
    "scale",
    (view) => nearestSize(view, target(view, view.pool(0))),
    (view, scores) => {
      const wanted = target(view, view.pool(0));
      writeScores(view, scores, (v, i) => distance(v.option(i), wanted));
      return "least";
    },
  );

/** The allowed size nearest to the target; of two the larger. */
export function nearestSize(view: DecisionView, target: number): number {
  return least(view, (v, i) => distance(v.option(i), target), null);
}

/** Less than half a server cannot decide between other sizes, so it may break the tie. */
const distance = (size: number, target: number): number => Math.abs(size - target - 0.25);

/** Rounded up, as servers are whole; but 10.000000000000002 is 10. */
export const wholeServers = (servers: number): number => Math.ceil(servers - 1e-9);
