import { type DecisionView, NO, YES } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { firstOption } from "./choose.js";
import { plainPolicy } from "./plain-policy.js";

/** Takes a workflow in where a condition on its first task holds. */
export const admitWhere = (name: string, holds: (view: DecisionView, task: number) => boolean): Policy =>
  plainPolicy(name, "admit", (view) => firstOption(view, holds(view, view.task(0)) ? [YES] : [NO]));
