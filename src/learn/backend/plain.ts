import { assert } from "../../kit/assert.js";
import {
  assertBatch,
  checkNetworkSpec,
  outputsOf,
  PlainNetwork,
  rowsOf,
} from "../../policy/runtime/network/index.js";
import type { GradientBackend } from "./gradient-backend.js";
import { HostOptimizer } from "./host-optimizer.js";
import { plainGradient } from "./plain-gradient.js";

/** Gradients in plain TypeScript: runs anywhere, and is the twin that the others are tested against. */
export const plainBackend: GradientBackend = {
  name: "plain",
  create(spec, parameters, adam) {
    checkNetworkSpec(spec);
    const network = new PlainNetwork(spec, Float32Array);
    network.setParameters(parameters);
    const optimizer = new HostOptimizer(parameters, adam);
    let fresh = false;
    const outputs = outputsOf(spec);
    let scores = 0;
    const setParameters = (values: Float32Array): void => {
      optimizer.setParameters(values);
      network.setParameters(values);
      fresh = false;
    };
    return {
      forward(batch, out) {
        assertBatch(spec, batch, out);
        network.forward(batch, out);
        fresh = true;
        scores = rowsOf(batch) * outputs;
      },
      backward(dLogits, dValues) {
        assert(fresh, "backward follows a forward with the same parameters");
        assert(
          dLogits.length >= scores && dValues.length >= network.size * outputs,
          "a derivative for every output",
        );
        plainGradient(network, dLogits, dValues, optimizer.gradient);
      },
      gradient: () => optimizer.gradient.slice(),
      zeroGradient: () => void optimizer.gradient.fill(0),
      adamStep(learningRate, maxGradientNorm) {
        const norm = optimizer.adamStep(learningRate, maxGradientNorm);
        network.setParameters(optimizer.parameters);
        fresh = false;
        return norm;
      },
      parameters: () => optimizer.parameters.slice(),
      setParameters,
      optimizer: () => optimizer.state(),
      setOptimizer: (state) => optimizer.restore(state),
      dispose() {},
    };
  },
};
