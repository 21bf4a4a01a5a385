import { SequentialStream } from "../../kit/sequential-stream.js";
import type { Policy } from "../policy.js";
import { label, type Weights } from "../weights.js";
import { anyAllowed, writeShares } from "./choose.js";

/**
 * A pool at random, with probability in proportion to its weight, whatever its state: a Bernoulli split, the fallback that
 * needs no observation. Where no allowed pool has weight, any allowed one.
 */
export function staticSplit(share: Weights): Policy {
  const name = label("static-split", {}, ["", share]);
  let stream = new SequentialStream(name);
  return {
    name,
    kinds: ["route"],
    reset(seed) {
      stream = new SequentialStream(`${name}/${seed}`);
    },
    decide(view) {
      let total = 0;
      let chosen = -1;
      // Weighted reservoir of size one (Chao 1982): one pass, no memory.
      for (let i = 0; i < view.count; i++) {
        const weight = view.allowed(i) ? share.of(view.pools.name(view.pool(i))) : 0;
        total += weight;
        if (weight > 0 && stream.next() * total <= weight) chosen = i;
      }
      return chosen >= 0 ? chosen : anyAllowed(view, stream);
    },
    scores(view, scores) {
      writeShares(view, scores, (v, i) => share.of(v.pools.name(v.pool(i))));
      return "probability";
    },
    save: () => stream.state(),
    load: (state) => stream.restore(state as ReturnType<typeof stream.state>),
  };
}
