import type { Distribution } from "../../kit/distribution.js";
import { KeyedStream } from "../../kit/random.js";
import { sampler } from "../../kit/sampler.js";
import type { TraceWorkflow } from "../trace/index.js";
import { TraceCopies } from "../trace-copies.js";
import { moved, type Transform, transform } from "./transform.js";

/**
 * `times` workflows for each: the one that was recorded, and copies of it, each a jitter after the one before. As a
 * scenario's `amplify` does while it replays, written down.
 */
export function amplify(times: number, jitter: Distribution, seed: number): Transform {
  return transform("amplify", { times, jitter: { ...jitter }, seed }, async function* (flows) {
    const draws = KeyedStream.named(seed, "transform/amplify");
    const draw = sampler(jitter);
    const copies = new TraceCopies<TraceWorkflow>();
    let number = 0;
    const due = function* (until: number) {
      while (copies.nextAt < until) {
        yield moved(copies.next, copies.nextAt);
        copies.drop();
      }
    };
    for await (const flow of flows) {
      yield* due(flow.submitted);
      yield flow;
      let at = flow.submitted;
      for (let copy = 1; copy < times; copy++) {
        at += draw(draws.at(number, copy));
        copies.add(at, flow);
      }
      number++;
    }
    yield* due(Number.POSITIVE_INFINITY);
  });
}
