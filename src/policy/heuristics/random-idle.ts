import { SequentialStream } from "../../kit/sequential-stream.js";
import { START } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { least, leastStart } from "./choose.js";

/** The task that has waited longest, to any free pool, drawn uniformly. */
export function randomIdle(): Policy {
  let stream = new SequentialStream("random-idle");
  return {
    name: "random-idle",
    kinds: ["dispatch"],
    reset(seed) {
      stream = new SequentialStream(`random-idle/${seed}`);
    },
    decide(view) {
      const first = leastStart(
        view,
        (v, i) => v.tasks.readyAt(v.task(i)),
        () => 0,
      );
      if (view.option(first) !== START) return first;
      const task = view.task(first);
      return least(view, (v, i) => (v.option(i) === START && v.task(i) === task ? 0 : 1), stream);
    },
    save: () => stream.state(),
    load: (state) => stream.restore(state as ReturnType<typeof stream.state>),
  };
}
