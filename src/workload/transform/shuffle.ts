import { KeyedStream } from "../../kit/random.js";
import type { TraceWorkflow } from "../trace/index.js";
import { moved, type Transform, transform } from "./transform.js";

/**
 * Within each window of `window` seconds, workflows change places: the times of submission stay as they are, and which
 * workflow comes at which is drawn (Fisher and Yates). It leaves the arrival process alone and breaks what binds it to
 * the work, at distances below the window.
 */
export function shuffle(window: number, seed: number): Transform {
  return transform("shuffle", { window, seed }, async function* (flows) {
    const draws = KeyedStream.named(seed, "transform/shuffle");
    let held: TraceWorkflow[] = [];
    let current = Number.NEGATIVE_INFINITY;
    for await (const flow of flows) {
      const place = Math.floor(flow.submitted / window);
      if (place !== current) {
        yield* shuffled(held, draws);
        held = [];
        current = place;
      }
      held.push(flow);
    }
    yield* shuffled(held, draws);
  });
}

function* shuffled(flows: TraceWorkflow[], draws: KeyedStream): Generator<TraceWorkflow> {
  const times = flows.map(({ submitted }) => submitted);
  for (let i = flows.length - 1; i > 0; i--) {
    const j = Math.floor(draws.next() * (i + 1));
    [flows[i], flows[j]] = [flows[j]!, flows[i]!];
  }
  for (let i = 0; i < flows.length; i++) yield moved(flows[i]!, times[i]!);
}
