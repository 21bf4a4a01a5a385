import { GIVE_UP, OTHER_POOL, SAME_POOL } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import { firstOption } from "./choose.js";
import { plainPolicy } from "./plain-policy.js";

/** Gives up after so many failed attempts, though more were allowed; until then the same pool. */
export const giveUp = ({ after = 2 }: { after?: number } = {}): Policy =>
  plainPolicy(label("give-up", { after }), "retry", (view) =>
    view.tasks.attempts(view.task(0)) >= after
      ? firstOption(view, [GIVE_UP])
      : firstOption(view, [SAME_POOL, OTHER_POOL]),
  );
