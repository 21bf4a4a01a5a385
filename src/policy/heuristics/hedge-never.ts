import { NO } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { firstOption } from "./choose.js";
import { plainPolicy } from "./plain-policy.js";

/** No second copies. */
export const hedgeNever = (): Policy =>
  plainPolicy("hedge-never", "hedge", (view) => firstOption(view, [NO]));
