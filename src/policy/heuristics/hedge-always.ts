import { YES } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { firstOption } from "./choose.js";
import { plainPolicy } from "./plain-policy.js";

/** Every attempt that is late gets a second copy (Dean and Barroso 2013); how late is the scenario's `hedge.after`. */
export const hedgeAlways = (): Policy =>
  plainPolicy("hedge-always", "hedge", (view) => firstOption(view, [YES]));
