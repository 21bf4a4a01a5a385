import { YES } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { firstOption } from "./choose.js";
import { plainPolicy } from "./plain-policy.js";

/** Takes every workflow in. */
export const admitAll = (): Policy => plainPolicy("admit-all", "admit", (view) => firstOption(view, [YES]));
