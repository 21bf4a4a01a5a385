import { OTHER_POOL, SAME_POOL } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import { firstOption } from "./choose.js";
import { plainPolicy } from "./plain-policy.js";

/** After so many failed attempts every next one goes elsewhere; with 1, the first retry does. Never gives up by itself. */
export const failover = ({ after = 1 }: { after?: number } = {}): Policy =>
  plainPolicy(label("failover", { after }), "retry", (view) =>
    view.tasks.attempts(view.task(0)) >= after
      ? firstOption(view, [OTHER_POOL, SAME_POOL])
      : firstOption(view, [SAME_POOL, OTHER_POOL]),
  );
