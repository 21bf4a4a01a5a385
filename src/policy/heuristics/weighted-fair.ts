import { START } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { label, type Weights } from "../weights.js";
import { orderedStart } from "./service-order.js";

/**
 * Start-time fair queueing (Goyal, Vin and Cheng 1996): task types share the servers in proportion to their weights. A type's
 * tag is the virtual time at which its next task may start: it moves on by size / weight with every task, and is never
 * behind the virtual time, so that nobody saves up credit while absent. The least tag is served.
 */
export function weightedFair(weight: Weights): Policy {
  let now = 0;
  const tags = new Map<string, number>();
  const tag = (type: string): number => Math.max(now, tags.get(type) ?? 0);
  return {
    name: label("weighted-fair", {}, ["", weight]),
    kinds: ["dispatch"],
    reset() {
      now = 0;
      tags.clear();
    },
    decide(view) {
      const { tasks } = view;
      const chosen = orderedStart(view, (v, task) => tag(v.tasks.type(task)));
      if (view.option(chosen) !== START) return chosen;
      const type = tasks.type(view.task(chosen));
      now = tag(type);
      tags.set(type, now + tasks.size(view.task(chosen)) / weight.of(type));
      return chosen;
    },
    save: () => ({ now, tags: [...tags] }),
    load: (state) => {
      const saved = state as { now: number; tags: [string, number][] };
      now = saved.now;
      tags.clear();
      for (const [type, at] of saved.tags) tags.set(type, at);
    },
  };
}
