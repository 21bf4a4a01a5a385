import { assert } from "../../../kit/assert.js";
import { assertBatch } from "./batch.js";
import type { NetworkRuntime } from "./runtime.js";
import { SimdNetwork } from "./simd-network.js";
import { type NetworkSpec, outputsOf } from "./spec.js";

/** The runtime over the WebAssembly kernels. Only where `simdPresent()`. */
export function simdRuntime(spec: NetworkSpec): NetworkRuntime {
  const network = new SimdNetwork(spec, 1);
  const count = network.read(0).length;
  const single = outputsOf(spec) === 1;
  return {
    kernel: "simd",
    setParameters(parameters) {
      assert(parameters.length === count, "as many parameters as the network has");
      network.write(0, parameters);
    },
    forward(batch, out) {
      assertBatch(spec, batch, out);
      network.forward(batch, out);
    },
    score(context, candidates, mask, count, logits, also) {
      assert(single, "decisions one by one are for networks of one output");
      assert(logits.length >= count, "no room for the logits of the decision");
      return network.score(context, candidates, mask, count, logits, also);
    },
  };
}
