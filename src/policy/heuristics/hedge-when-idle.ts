import { type DecisionView, NO, YES } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { firstOption } from "./choose.js";
import { hasIdleServer } from "./delay.js";
import { plainPolicy } from "./plain-policy.js";

/** A late attempt gets a second copy where some pool that may run it has an idle server, so that nobody waits for it. */
export const hedgeWhenIdle = (): Policy =>
  plainPolicy("hedge-when-idle", "hedge", (view) => firstOption(view, [idleSomewhere(view) ? YES : NO]));

function idleSomewhere(view: DecisionView): boolean {
  for (let p = 0; p < view.pools.count; p++) {
    if (view.tasks.affinity(view.task(0), p) > 0 && hasIdleServer(view, p)) return true;
  }
  return false;
}
