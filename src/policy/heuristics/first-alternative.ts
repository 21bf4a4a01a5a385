import type { Policy } from "../policy.js";
import { least } from "./choose.js";
import { plainPolicy } from "./plain-policy.js";

/** The alternative that stands first in the scenario: what happens where nobody is asked. */
export const firstAlternative = (): Policy =>
  plainPolicy("first-alternative", "branch", (view) => least(view, (v, i) => v.option(i), null));
