import { SequentialStream } from "../../kit/sequential-stream.js";
import type { DecisionView } from "../../model/decision-view.js";
import { DECISION_KINDS } from "../../model/scenario.js";
import type { Policy } from "../policy.js";
import { anyAllowed } from "./choose.js";

/** Any allowed candidate, uniformly: the floor that everything else has to beat. */
export function random(): Policy {
  let stream = new SequentialStream("random");
  return {
    name: "random",
    kinds: DECISION_KINDS,
    reset(seed) {
      stream = new SequentialStream(`random/${seed}`);
    },
    decide: (view: DecisionView) => anyAllowed(view, stream),
    save: () => stream.state(),
    load: (state) => stream.restore(state as ReturnType<typeof stream.state>),
  };
}
