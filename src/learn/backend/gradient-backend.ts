import type { UniformSource } from "../../kit/random.js";
import type { Batch, Forward, NetworkRuntime, NetworkSpec } from "../../policy/runtime/network/index.js";

/**
 * Who computes gradients. A backend knows the network, not the loss: the learner turns logits and values into a
 * loss and hands the loss's derivatives back. All backends agree within 1e-5; one and the same backend, given the
 * same inputs, gives the same bits.
 */
export interface GradientBackend {
  /** `simd`, `plain`, `tensorflow-node`, `tensorflow-wasm` or `tensorflow-cpu`. */
  readonly name: string;
  /**
   * A network in training. `parameters` (the flat vector of `parameterTable`) are copied.
   * @throws {InputErrors} NETWORK_SPEC
   */
  create(spec: NetworkSpec, parameters: Float32Array, adam: AdamOptions): Trainable;
  /** Where it trains another network than the candidate scorer: how that one begins and acts. */
  readonly own?: OwnNetwork;
}

/** A network of another architecture. Its parameters are one flat vector, laid out as it likes. */
export interface OwnNetwork {
  /** First weights. */
  initial(spec: NetworkSpec, stream: UniformSource): Float32Array;
  /** What acts in rollouts, and in `neuralPolicy`, where it is given as the third argument. */
  runtime(spec: NetworkSpec): NetworkRuntime;
}

/** Adam's constants (Kingma and Ba 2015, arXiv:1412.6980, algorithm 1). */
export interface AdamOptions {
  /** Decay of the mean of gradients. */
  readonly beta1: number;
  /** Decay of the mean of squared gradients. */
  readonly beta2: number;
  readonly epsilon: number;
}

/** The paper's, but for epsilon, which PPO takes larger (Huang et al. 2022, "37 implementation details"). */
export const adamDefaults: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-5 };

/** Adam's memory: with the parameters, all that a resumed training needs. */
export interface OptimizerState {
  /** Steps made. */
  readonly step: number;
  /** Means of gradients and of squared gradients, in the layout of the parameters. */
  readonly m: Float32Array;
  readonly v: Float32Array;
}

export interface Trainable {
  /** Logits and values of a batch into `out`; keeps what `backward` needs, until the next `forward`. */
  forward(batch: Batch, out: Forward): void;
  /**
   * Adds the gradient of sum(logits * dLogits) + sum(values * dValues) at the last batch to the gradient held.
   * `dLogits` [rows, K] and `dValues` [size, K] are the loss's derivatives; those of masked candidates are not read.
   * `setParameters` and `adamStep` end the validity of the last `forward`.
   */
  backward(dLogits: Float32Array, dValues: Float32Array): void;
  /** A copy of the gradient held, in the layout of the parameters. */
  gradient(): Float32Array;
  zeroGradient(): void;
  /**
   * Scales the gradient to a global norm of at most `maxGradientNorm` (Infinity: as it is), makes a step of Adam
   * with bias correction, and zeroes the gradient.
   * @returns the norm before scaling
   * @throws {FailureError} GRADIENT_NOT_FINITE, and nothing has moved but the gradient, which is zero
   */
  adamStep(learningRate: number, maxGradientNorm: number): number;
  /** A copy of the parameters. */
  parameters(): Float32Array;
  setParameters(parameters: Float32Array): void;
  /** A copy of Adam's memory. With `parameters()`, enough to resume bit for bit. */
  optimizer(): OptimizerState;
  setOptimizer(state: OptimizerState): void;
  /** Frees what the garbage collector does not. The network is not to be used after. */
  dispose(): void;
}
