import { assert } from "../../../kit/assert.js";
import { assertBatch, type Batch } from "./batch.js";
import { PlainNetwork } from "./plain-network.js";
import type { NetworkRuntime } from "./runtime.js";
import { type NetworkSpec, outputsOf } from "./spec.js";

/** The runtime without WebAssembly: where there is no SIMD, and as the twin that the kernels are tested against. */
export function plainRuntime(spec: NetworkSpec): NetworkRuntime {
  const network = new PlainNetwork(spec, Float32Array);
  const single = outputsOf(spec) === 1;
  const value = new Float32Array(1);
  const offsets = new Int32Array(2);
  return {
    kernel: "plain",
    setParameters: (parameters) => network.setParameters(parameters),
    forward(batch, out) {
      assertBatch(spec, batch, out);
      network.forward(batch, out);
    },
    score(context, candidates, mask, count, logits, also) {
      assert(single, "decisions one by one are for networks of one output");
      assert(logits.length >= count, "no room for the logits of the decision");
      offsets[1] = count;
      const batch: Batch = { size: 1, contexts: context, candidates, offsets, mask };
      network.begin(batch, logits);
      network.runActor(logits);
      if (also !== "value") return Number.NaN;
      network.runCritic(value);
      return value[0]!;
    },
  };
}
