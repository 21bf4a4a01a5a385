import type { Policy } from "../policy.js";
import { label, type Weights } from "../weights.js";

/**
 * Pools in turn, each as often as its weight times its capacity (servers * speed) says, as evenly spread as can be: every
 * pool gains its weight in credit, the richest is taken and pays what all gained (smooth weighted round robin, as in nginx).
 */
export function weightedRoundRobin(weight: Weights): Policy {
  let credit: number[] = [];
  return {
    name: label("weighted-round-robin", {}, ["", weight]),
    kinds: ["route"],
    reset() {
      credit = [];
    },
    decide(view) {
      const { pools } = view;
      let gained = 0;
      let chosen = -1;
      for (let i = 0; i < view.count; i++) {
        if (!view.allowed(i)) continue;
        const pool = view.pool(i);
        const gain = weight.of(pools.name(pool)) * pools.servers(pool) * pools.speed(pool);
        while (credit.length <= pool) credit.push(0);
        credit[pool]! += gain;
        gained += gain;
        if (chosen < 0 || credit[pool]! > credit[view.pool(chosen)]!) chosen = i;
      }
      credit[view.pool(chosen)]! -= gained;
      return chosen;
    },
    save: () => [...credit],
    load: (state) => {
      credit = [...(state as number[])];
    },
  };
}
