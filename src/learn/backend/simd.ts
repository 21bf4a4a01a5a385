import { assert } from "../../kit/assert.js";
import {
  assertBatch,
  type NetworkSpec,
  parameterCount,
  SimdNetwork,
  simdAbsent,
  simdPresent,
} from "../../policy/runtime/network/index.js";
import { adamStep } from "./adam.js";
import type { AdamOptions, GradientBackend, Trainable } from "./gradient-backend.js";
import { SimdGradient } from "./simd-gradient.js";

/**
 * Gradients by the WebAssembly kernels: the forward pass that is shipped, its backward pass, and Adam, over one
 * memory. Creating a network throws {FailureError} SIMD_ABSENT where `simdPresent()` is false.
 */
export const simdBackend: GradientBackend = {
  name: "simd",
  create(spec, parameters, adam) {
    if (!simdPresent()) throw simdAbsent();
    return simdTrainable(spec, parameters, adam);
  },
};

/** Blocks of the parameters' layout in the kernels' memory. */
const PARAMETERS = 0;
const GRADIENT = 1;
const M = 2;
const V = 3;

function simdTrainable(spec: NetworkSpec, initial: Float32Array, adam: AdamOptions): Trainable {
  const network = new SimdNetwork(spec, 4);
  const backward = new SimdGradient(network, GRADIENT);
  const count = parameterCount(spec);
  const floats = network.parameterFloats;
  let step = 0;
  let fresh = false;
  const write = (block: number, values: Float32Array): void => {
    assert(values.length === count, "as many parameters as the network has");
    network.write(block, values);
    fresh = false;
  };
  const zeroGradient = (): void => {
    const from = network.block(GRADIENT) / Float32Array.BYTES_PER_ELEMENT;
    network.f32.fill(0, from, from + floats);
  };
  write(PARAMETERS, initial);
  return {
    forward(batch, out) {
      assertBatch(spec, batch, out);
      network.forward(batch, out);
      fresh = true;
    },
    backward(dLogits, dValues) {
      assert(fresh, "backward follows a forward with the same parameters");
      backward.add(dLogits, dValues);
    },
    gradient: () => network.read(GRADIENT),
    zeroGradient,
    adamStep(learningRate, maxGradientNorm) {
      const norm = Math.sqrt(network.kernels.sumOfSquares(network.block(GRADIENT), floats));
      if (!Number.isFinite(norm)) zeroGradient();
      const { scale, rate, spread } = adamStep(step + 1, norm, learningRate, maxGradientNorm, adam);
      step++;
      fresh = false;
      network.kernels.adam(
        network.block(PARAMETERS),
        network.block(GRADIENT),
        network.block(M),
        network.block(V),
        floats,
        scale,
        rate,
        spread,
        adam.beta1,
        1 - adam.beta1,
        adam.beta2,
        1 - adam.beta2,
        adam.epsilon,
      );
      return norm;
    },
    parameters: () => network.read(PARAMETERS),
    setParameters: (values) => write(PARAMETERS, values),
    optimizer: () => ({ step, m: network.read(M), v: network.read(V) }),
    setOptimizer(state) {
      step = state.step;
      write(M, state.m);
      write(V, state.v);
    },
    dispose() {},
  };
}
