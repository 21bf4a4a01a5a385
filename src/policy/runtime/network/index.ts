/** The network that ships: see `NetworkSpec` for what it computes, `createRuntime` for running it. */
export { finish, simdPresent } from "../kernels/kernels.js";
export { assertBatch, type Batch, type Floats, type Forward, forwardFor, rowsOf } from "./batch.js";
export { createRuntime, simdAbsent } from "./create-runtime.js";
export { initialParameters } from "./initial-parameters.js";
export { type ParameterTensor, parameterCount, parameterTable } from "./parameters.js";
export { type Layer, PlainNetwork } from "./plain-network.js";
export type { NetworkRuntime } from "./runtime.js";
export { padded, type SharedGround, type SimdLayer, SimdNetwork, sharedGround } from "./simd-network.js";
export {
  ACTIVATIONS,
  type Activation,
  actorOutputs,
  checkNetworkSpec,
  defaultNetwork,
  type NetworkSpec,
  networkLimits,
  outputsOf,
  sharedWidth,
} from "./spec.js";
