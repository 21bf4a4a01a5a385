import { SequentialStream } from "../../kit/sequential-stream.js";
import type { DecisionView } from "../../model/decision-view.js";
import { DECISION_KINDS } from "../../model/scenario.js";
import type { Policy } from "../policy.js";
import { anyAllowed, writeShares } from "./choose.js";

const MANY = 8;
const TRIES = 8;

/** Any allowed candidate, uniformly: the floor that everything else has to beat. */
export function random(): Policy {
  let stream = new SequentialStream("random");
  return {
    name: "random",
    kinds: DECISION_KINDS,
    reset(seed) {
      stream = new SequentialStream(`random/${seed}`);
    },
    decide(view: DecisionView) {
      // Of many, as a rule nearly all are allowed: then one is found without a look at the others.
      for (let tries = 0; view.count > MANY && tries < TRIES; tries++) {
        const candidate = stream.integer(view.count);
        if (view.allowed(candidate)) return candidate;
      }
      return anyAllowed(view, stream);
    },
    propensity(view, candidate) {
      let allowed = 0;
      for (let i = 0; i < view.count; i++) if (view.allowed(i)) allowed++;
      return view.allowed(candidate) ? 1 / allowed : 0;
    },
    scores(view, scores) {
      writeShares(view, scores, () => 1);
      return "probability";
    },
    save: () => stream.state(),
    load: (state) => stream.restore(state as ReturnType<typeof stream.state>),
  };
}
