import type { Policy } from "../policy.js";

/** Pools in turn: the next allowed pool after the one that was chosen last, by pool number. */
export function roundRobin(): Policy {
  let last = -1;
  return {
    name: "round-robin",
    kinds: ["route"],
    reset() {
      last = -1;
    },
    decide(view) {
      const { count } = view.pools;
      // Where all pools are candidates, in order, the next one needs no search.
      const next = (last + 1) % count;
      if (next < view.count && view.pool(next) === next && view.allowed(next)) {
        last = next;
        return next;
      }
      let chosen = -1;
      let distance = Number.POSITIVE_INFINITY;
      for (let i = 0; i < view.count; i++) {
        if (!view.allowed(i)) continue;
        const ahead = (view.pool(i) - last - 1 + 2 * count) % count;
        if (ahead < distance) {
          distance = ahead;
          chosen = i;
        }
      }
      last = view.pool(chosen);
      return chosen;
    },
    save: () => last,
    load: (state) => {
      last = state as number;
    },
  };
}
