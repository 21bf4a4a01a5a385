import { SequentialStream } from "../../kit/sequential-stream.js";
import type { DecisionView } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { tasksPerServer } from "./delay.js";

/** Samples up to this size are drawn by rejection where they are a small part of the whole. */
const FEW = 8;
/** Draws for each pool of a sample, before the allowed ones are listed. */
const TRIES = 8;

/** Samples d distinct pools and joins the shorter queue of them (Mitzenmacher 2001); d = 2 is the power of two choices. */
export function powerOfD({ d = 2 }: { d?: number } = {}): Policy {
  const name = `power-of-d(d=${d})`;
  let stream = new SequentialStream(name);
  let sample = new Int32Array(16);
  let sampled = 0;

  /** The first places of `sample` are d distinct allowed candidates, in random order, or as many as there are. */
  function draw(view: DecisionView): number {
    if (view.count > sample.length) sample = new Int32Array(view.count * 2);
    return (d <= FEW && 4 * d <= view.count && drawFew(view)) || drawFromAll(view);
  }

  /** By rejection, without a look at the others; 0 where too few turn out to be allowed. */
  function drawFew(view: DecisionView): number {
    let count = 0;
    for (let tries = 0; tries < TRIES * d && count < d; tries++) {
      const candidate = stream.integer(view.count);
      if (!view.allowed(candidate)) continue;
      let k = 0;
      while (k < count && sample[k] !== candidate) k++;
      if (k === count) sample[count++] = candidate;
    }
    return count < d ? 0 : d;
  }

  /** Fisher-Yates, as far as needed. */
  function drawFromAll(view: DecisionView): number {
    let allowed = 0;
    for (let i = 0; i < view.count; i++) if (view.allowed(i)) sample[allowed++] = i;
    const count = Math.min(d, allowed);
    for (let k = 0; k < count; k++) {
      const at = k + stream.integer(allowed - k);
      const candidate = sample[at]!;
      sample[at] = sample[k]!;
      sample[k] = candidate;
    }
    return count;
  }

  return {
    name,
    kinds: ["route"],
    reset(seed) {
      stream = new SequentialStream(`${name}/${seed}`);
    },
    decide(view) {
      const count = draw(view);
      sampled = count;
      let best = -1;
      let shortest = Number.POSITIVE_INFINITY;
      // The order of the sample is random, so the first of equals is a fair draw.
      for (let k = 0; k < count; k++) {
        const queue = tasksPerServer(view, view.pool(sample[k]!));
        if (best < 0 || queue < shortest) {
          shortest = queue;
          best = sample[k]!;
        }
      }
      return best;
    },
    scores(view, scores) {
      scores.fill(Number.NaN);
      for (let k = 0; k < sampled; k++) scores[sample[k]!] = tasksPerServer(view, view.pool(sample[k]!));
      return "least";
    },
    save: () => stream.state(),
    load: (state) => stream.restore(state as ReturnType<typeof stream.state>),
  };
}
