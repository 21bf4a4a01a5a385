import { SequentialStream } from "../../kit/sequential-stream.js";
import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import { admitWhere } from "./admit-where.js";

/** Takes a workflow in with probability p, whatever the state. */
export function admitRandom({ p = 0.5 }: { p?: number } = {}): Policy {
  const name = label("admit-random", { p });
  let stream = new SequentialStream(name);
  return {
    ...admitWhere(name, () => stream.next() <= p),
    reset(seed) {
      stream = new SequentialStream(`${name}/${seed}`);
    },
    save: () => stream.state(),
    load: (state) => stream.restore(state as ReturnType<typeof stream.state>),
  };
}
