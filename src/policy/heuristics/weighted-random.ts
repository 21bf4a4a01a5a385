import { SequentialStream } from "../../kit/sequential-stream.js";
import type { DecisionView } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { writeShares } from "./choose.js";

/**
 * A pool at random, with probability in proportion to (servers * speed * (1 - failure probability)) ^ exponent: its
 * good capacity. Exponent 1 loads all pools alike, 0 is uniform, larger ones favour the large. A static split.
 */
export function weightedRandom({ exponent = 1 }: { exponent?: number } = {}): Policy {
  let stream = new SequentialStream("weighted-random");
  const weight = (view: DecisionView, i: number): number => {
    if (!view.allowed(i)) return 0;
    const pool = view.pool(i);
    const good = 1 - view.tasks.failureProbability(view.task(i), pool);
    return (view.pools.servers(pool) * view.pools.speed(pool) * good) ** exponent;
  };
  return {
    name: exponent === 1 ? "weighted-random" : `weighted-random(exponent=${exponent})`,
    kinds: ["route"],
    reset(seed) {
      stream = new SequentialStream(`weighted-random/${seed}`);
    },
    decide(view) {
      let total = 0;
      let chosen = -1;
      // Weighted reservoir of size one (Chao 1982): one pass, no memory.
      for (let i = 0; i < view.count; i++) {
        const w = weight(view, i);
        total += w;
        if (w > 0 && stream.next() * total <= w) chosen = i;
      }
      if (chosen >= 0) return chosen;
      for (let i = 0; i < view.count; i++) if (view.allowed(i)) return i;
      return 0;
    },
    scores(view, scores) {
      writeShares(view, scores, weight);
      return "probability";
    },
    save: () => stream.state(),
    load: (state) => stream.restore(state as ReturnType<typeof stream.state>),
  };
}
