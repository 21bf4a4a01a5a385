import type { Policy } from "../policy.js";
import { alternativeDelay } from "./alternative-figures.js";
import { least } from "./choose.js";
import { plainPolicy } from "./plain-policy.js";

/** The alternative that is expected to succeed first: shortest expected delay at its best pool, times the attempts it takes. */
export const fastestAlternative = (): Policy =>
  plainPolicy("fastest-alternative", "branch", (view) => least(view, alternativeDelay, null));
