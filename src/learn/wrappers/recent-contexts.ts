import { assert } from "../../kit/assert.js";
import type { Environment, Observation } from "../environment.js";
import { observing, type Wrapper } from "./wrap.js";

/**
 * Shows the last `frames` contexts of a kind of decision in place of the last one, the oldest first, zeros before there were
 * any: what changes can then be seen (frame stacking: Mnih et al. 2015). Candidates are those of now.
 */
export function recentContexts(frames: number): Wrapper {
  assert(Number.isInteger(frames) && frames >= 1, `a past is of one frame or more, got ${frames}`);
  return (environment: Environment): Environment => {
    const spaces = environment.spaces.map((space) => ({ ...space, context: frames * space.context }));
    const past = spaces.map(({ context }) => new Float32Array(context));
    const seen: Observation = {
      head: 0,
      count: 0,
      context: new Float32Array(0),
      candidates: new Float32Array(0),
      mask: new Uint8Array(0),
    };
    return observing(environment, spaces, {
      begin: () => {
        for (const contexts of past) contexts.fill(0);
      },
      show({ head, count, context, candidates, mask }) {
        const width = environment.spaces[head]!.context;
        const contexts = past[head]!;
        contexts.copyWithin(0, width);
        for (let f = 0; f < width; f++) contexts[contexts.length - width + f] = context[f]!;
        return Object.assign(seen, { head, count, context: contexts, candidates, mask });
      },
    });
  };
}
