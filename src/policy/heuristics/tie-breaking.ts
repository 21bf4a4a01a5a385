import { SequentialStream } from "../../kit/sequential-stream.js";
import type { DecisionKind } from "../../model/scenario.js";
import type { Policy } from "../policy.js";
import { least, type Score } from "./choose.js";

/** A policy that takes the least score, and draws among equals from a stream of its own. */
export function leastPolicy(name: string, kinds: readonly DecisionKind[], score: Score): Policy {
  let ties = new SequentialStream(name);
  return {
    name,
    kinds,
    reset(seed) {
      ties = new SequentialStream(`${name}/${seed}`);
    },
    decide: (view) => least(view, score, ties),
    save: () => ties.state(),
    load: (state) => ties.restore(state as ReturnType<typeof ties.state>),
  };
}
