import { SequentialStream } from "../../kit/sequential-stream.js";
import type { DecisionKind } from "../../model/scenario.js";
import type { Policy } from "../policy.js";
import { leastInTurn, type Score, writeScores } from "./choose.js";

/** A policy that takes the least score, by further scores among equals, and then draws from a stream of its own. */
export function leastPolicy(
  name: string,
  kinds: readonly DecisionKind[],
  ...scores: readonly Score[]
): Policy {
  let ties = new SequentialStream(name);
  const best = new Float64Array(scores.length);
  return {
    name,
    kinds,
    reset(seed) {
      ties = new SequentialStream(`${name}/${seed}`);
    },
    decide: (view) => leastInTurn(view, scores, ties, best),
    scores(view, out) {
      writeScores(view, out, scores[0]!);
      return "least";
    },
    save: () => ties.state(),
    load: (state) => ties.restore(state as ReturnType<typeof ties.state>),
  };
}
