/** Gradients of the network: one interface, `GradientBackend`, and who implements it. */
export { type BackendName, backendNames, chooseBackend } from "./choose-backend.js";
export {
  type AdamOptions,
  adamDefaults,
  type GradientBackend,
  type OptimizerState,
  type OwnNetwork,
  type Sharding,
  type Trainable,
} from "./gradient-backend.js";
export { loadTensorFlow, type TensorFlowEngine } from "./load-tensorflow.js";
export { plainBackend } from "./plain.js";
export { plainGradient } from "./plain-gradient.js";
export { simdBackend } from "./simd.js";
export type { TensorInputs, TensorModel } from "./tensor-model.js";
export { type TensorNetwork, tensorNetworkBackend } from "./tensor-network.js";
export { tensorflowBackend } from "./tensorflow.js";
