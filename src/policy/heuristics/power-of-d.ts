import { SequentialStream } from "../../kit/sequential-stream.js";
import type { Policy } from "../policy.js";
import { tasksPerServer } from "./delay.js";

/** Samples d distinct pools and joins the shorter queue of them (Mitzenmacher 2001); d = 2 is the power of two choices. */
export function powerOfD({ d = 2 }: { d?: number } = {}): Policy {
  const name = `power-of-d(d=${d})`;
  let stream = new SequentialStream(name);
  let sample = new Int32Array(16);
  return {
    name,
    kinds: ["route"],
    reset(seed) {
      stream = new SequentialStream(`${name}/${seed}`);
    },
    decide(view) {
      if (view.count > sample.length) sample = new Int32Array(view.count * 2);
      let allowed = 0;
      for (let i = 0; i < view.count; i++) if (view.allowed(i)) sample[allowed++] = i;
      let best = -1;
      let shortest = Number.POSITIVE_INFINITY;
      for (let k = 0; k < d && k < allowed; k++) {
        // Fisher-Yates, as far as needed. The order of the sample is random, so the first of equals is a fair draw.
        const at = k + stream.integer(allowed - k);
        const candidate = sample[at]!;
        sample[at] = sample[k]!;
        const queue = tasksPerServer(view, view.pool(candidate));
        if (best < 0 || queue < shortest) {
          shortest = queue;
          best = candidate;
        }
      }
      return best;
    },
    save: () => stream.state(),
    load: (state) => stream.restore(state as ReturnType<typeof stream.state>),
  };
}
