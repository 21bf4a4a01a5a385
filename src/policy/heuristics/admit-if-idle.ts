import type { DecisionView } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { admitWhere } from "./admit-where.js";
import { hasIdleServer } from "./delay.js";

/** Takes a workflow in only where its first task can start at once: nobody ever queues at the door. */
export const admitIfIdle = (): Policy => admitWhere("admit-if-idle", canStart);

function canStart(view: DecisionView, task: number): boolean {
  for (let p = 0; p < view.pools.count; p++) {
    if (view.tasks.affinity(task, p) > 0 && hasIdleServer(view, p)) return true;
  }
  return false;
}
