import type { UniformSource } from "../../kit/random.js";
import type {
  Batch,
  Forward,
  NetworkRuntime,
  NetworkSpec,
  SharedGround,
} from "../../policy/runtime/network/index.js";
import type { Crew } from "../threads/crew.js";

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
  /**
   * Where several threads can train one network in step: that of a crew's member.
   * @param parameters the network's; null where another member brings them
   */
  createShared?(
    spec: NetworkSpec,
    parameters: Float32Array | null,
    adam: AdamOptions,
    crew: Crew,
    ground: SharedGround,
  ): Trainable;
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

/**
 * A gradient in parts, over shards of a minibatch: by one thread one after the other, or by a crew's members at once, with the same
 * bits.
 */
export interface Sharding {
  /** How many shards a minibatch has, at least 1: nothing but its size says so. */
  shards(decisions: number): number;
  /** As `backward`, but what that shard's gradient was is forgotten. */
  backward(shard: number, dLogits: Float32Array, dValues: Float32Array): void;
  /**
   * As `adamStep`, of the sum of the first so many shards' gradients in their order. All members of a crew call it, and it begins and
   * ends with a meeting.
   */
  adamStep(shards: number, learningRate: number, maxGradientNorm: number): number;
}

export interface Trainable {
  /** Where a minibatch's gradient is computed in parts. */
  readonly sharding?: Sharding;
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
