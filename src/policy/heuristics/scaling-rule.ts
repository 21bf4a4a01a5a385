import type { DecisionView } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { least } from "./choose.js";
import { plainPolicy } from "./plain-policy.js";

/** A rule for the number of servers of a pool that can work or are being set up, without memory. */
export const scalingRule = (name: string, target: (view: DecisionView, pool: number) => number): Policy =>
  plainPolicy(name, "scale", (view) => nearestSize(view, target(view, view.pool(0))));

/** The allowed size nearest to the target; of two the larger. */
export function nearestSize(view: DecisionView, target: number): number {
  // Less than half a server apart cannot decide between other sizes, so it may break the tie.
  return least(view, (v, i) => Math.abs(v.option(i) - target - 0.25), null);
}

/** Rounded up, as servers are whole; but 10.000000000000002 is 10. */
export const wholeServers = (servers: number): number => Math.ceil(servers - 1e-9);
