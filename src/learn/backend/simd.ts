import { assert } from "../../kit/assert.js";
import {
  assertBatch,
  type NetworkSpec,
  parameterCount,
  type SharedGround,
  SimdNetwork,
  simdAbsent,
  simdPresent,
} from "../../policy/runtime/network/index.js";
import { alone, BOARD, type Crew } from "../threads/crew.js";
import { type AdamStep, adamStep } from "./adam.js";
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
    return simdTrainable(spec, parameters, adam, alone(), null);
  },
  createShared(spec, parameters, adam, crew, ground) {
    if (!simdPresent()) throw simdAbsent();
    return simdTrainable(spec, parameters, adam, crew, ground);
  },
};

/** Blocks of the parameters' layout in the kernels' memory. */
const PARAMETERS = 0;
const GRADIENT = 1;
const M = 2;
const V = 3;
const SHARDS = 4;
const BLOCKS = 8;

/** Decisions that a shard has at least, and shards that a minibatch has at most: smaller ones cost more than they are worth. */
const SHARD = 32;
const MOST_SHARDS = BLOCKS - SHARDS;
/** Parts of the parameters, each summed and stepped by one member of a crew. */
const PARTS = 4;
/** Where on a crew's board the parts' sums of squares stand. */
const SQUARES = BOARD - PARTS;

function simdTrainable(
  spec: NetworkSpec,
  initial: Float32Array | null,
  adam: AdamOptions,
  crew: Crew,
  ground: SharedGround | null,
): Trainable {
  const network = new SimdNetwork(spec, BLOCKS, ground);
  const backward = new SimdGradient(network);
  const count = parameterCount(spec);
  const floats = network.parameterFloats;
  const steps = ground?.steps ?? new Int32Array(1);
  let fresh = false;
  const write = (block: number, values: Float32Array): void => {
    assert(values.length === count, "as many parameters as the network has");
    network.write(block, values);
    fresh = false;
  };
  const zeroGradient = (): void => {
    const from = network.block(GRADIENT) / FLOAT;
    network.f32.fill(0, from, from + floats);
  };
  /** Adam's step of the floats [from, to), whole vectors. */
  const update = ({ scale, rate, spread }: AdamStep, from = 0, to = floats): void => {
    const at = (block: number) => network.block(block) + from * FLOAT;
    const { beta1, beta2, epsilon } = adam;
    network.kernels.adam(
      at(PARAMETERS),
      at(GRADIENT),
      at(M),
      at(V),
      to - from,
      scale,
      rate,
      spread,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      epsilon,
    );
  };
  const partFrom = (part: number): number => 4 * Math.floor((part * (floats / 4)) / PARTS);
  const firstPart = Math.floor((crew.member * PARTS) / crew.count);
  const lastPart = Math.floor(((crew.member + 1) * PARTS) / crew.count);
  if (initial !== null) write(PARAMETERS, initial);
  return {
    forward(batch, out) {
      assertBatch(spec, batch, out);
      network.forward(batch, out);
      fresh = true;
    },
    backward(dLogits, dValues) {
      assert(fresh, "backward follows a forward with the same parameters");
      backward.add(GRADIENT, dLogits, dValues);
    },
    sharding: {
      shards: (decisions) => Math.min(MOST_SHARDS, Math.max(1, Math.floor(decisions / SHARD))),
      backward(shard, dLogits, dValues) {
        assert(fresh, "backward follows a forward with the same parameters");
        backward.write(SHARDS + shard, dLogits, dValues);
      },
      adamStep(shards, learningRate, maxGradientNorm) {
        fresh = false;
        crew.meet();
        for (let part = firstPart; part < lastPart; part++) {
          const [from, to] = [partFrom(part), partFrom(part + 1)];
          crew.board[SQUARES + part] = backward.sum(SHARDS, shards, GRADIENT, from, to);
        }
        crew.meet();
        let squares = 0;
        for (let part = 0; part < PARTS; part++) squares += crew.board[SQUARES + part]!;
        const norm = Math.sqrt(squares);
        // Where it is not finite, all members throw.
        if (!Number.isFinite(norm)) zeroGradient();
        const step = adamStep(steps[0]! + 1, norm, learningRate, maxGradientNorm, adam);
        if (firstPart < lastPart) update(step, partFrom(firstPart), partFrom(lastPart));
        crew.meet();
        // The others read it after the next meeting.
        if (crew.member === 0) steps[0]!++;
        return norm;
      },
    },
    gradient: () => network.read(GRADIENT),
    zeroGradient,
    adamStep(learningRate, maxGradientNorm) {
      const norm = Math.sqrt(network.kernels.sumOfSquares(network.block(GRADIENT), floats));
      if (!Number.isFinite(norm)) zeroGradient();
      const step = adamStep(steps[0]! + 1, norm, learningRate, maxGradientNorm, adam);
      steps[0]!++;
      fresh = false;
      update(step);
      return norm;
    },
    parameters: () => network.read(PARAMETERS),
    setParameters: (values) => write(PARAMETERS, values),
    optimizer: () => ({ step: steps[0]!, m: network.read(M), v: network.read(V) }),
    setOptimizer(state) {
      steps[0] = state.step;
      write(M, state.m);
      write(V, state.v);
    },
    dispose() {},
  };
}

const FLOAT = Float32Array.BYTES_PER_ELEMENT;
