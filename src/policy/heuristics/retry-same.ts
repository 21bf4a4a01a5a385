import { OTHER_POOL, SAME_POOL } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { firstOption } from "./choose.js";
import { plainPolicy } from "./plain-policy.js";

/** The next attempt goes where the last one failed. */
export const retrySame = (): Policy =>
  plainPolicy("retry-same", "retry", (view) => firstOption(view, [SAME_POOL, OTHER_POOL]));
