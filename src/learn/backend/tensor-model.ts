import type { Tensor, Tensor2D, Tensor3D } from "@tensorflow/tfjs";
import { type NetworkSpec, outputsOf, sharedWidth } from "../../policy/runtime/network/index.js";
import type { TensorFlow } from "./load-tensorflow.js";

/** A batch, padded to the largest number of candidates N. Masked and padded candidates are zero. */
export interface TensorInputs {
  /** [B, context] */
  readonly contexts: Tensor2D;
  /** [B, N, candidate] */
  readonly candidates: Tensor3D;
  /** [B, N], 1 = allowed, float. */
  readonly mask: Tensor2D;
}

/**
 * A network as a function on tensors, from parameters by name to logits [B, N] and values [B] ([B, N, K] and [B, K]
 * where the spec has several outputs). What a masked
 * candidate's logit is does not matter. This is the seam for other architectures: all else in the tensorflow backend
 * (padding, gradients, Adam, resuming) knows the network by this function and its table of parameters only.
 */
export type TensorModel = (
  tf: TensorFlow,
  parameters: ReadonlyMap<string, Tensor>,
  inputs: TensorInputs,
) => { logits: Tensor; values: Tensor };

/** The network of a `NetworkSpec`. */
export const modelOf = (spec: NetworkSpec): TensorModel =>
  spec.kind === "flat" ? flatNetwork(spec) : candidateScorer(spec);

function flatNetwork(spec: NetworkSpec): TensorModel {
  return (tf, parameters, { contexts, candidates }) => {
    const [B, N, F] = candidates.shape;
    const missing = spec.candidates! - N;
    const laid = candidates.pad([
      [0, 0],
      [0, missing],
      [0, 0],
    ]);
    const shared = tf.concat([contexts, laid.reshape([B, spec.candidates! * F])], 1) as Tensor2D;
    return {
      logits: mlp(tf, parameters, spec, "actor", shared).slice([0, 0], [B, N]),
      values: mlp(tf, parameters, spec, "critic", shared).reshape([B]),
    };
  };
}

function candidateScorer(spec: NetworkSpec): TensorModel {
  return (tf, parameters, { contexts, candidates, mask }) => {
    const [B, N, F] = candidates.shape;
    const S = sharedWidth(spec);
    const K = outputsOf(spec);
    const L = spec.hidden.length;
    const H = spec.hidden[0]!;
    const weight = (name: string): Tensor2D => parameters.get(`${name}.weight`)! as Tensor2D;
    const bias = (name: string): Tensor => parameters.get(`${name}.bias`)!;
    const activate = <T extends Tensor>(x: T): T => (spec.activation === "tanh" ? tf.tanh(x) : tf.relu(x));

    const allowed = mask.sum(1, true); // [B, 1]
    const mask3 = mask.expandDims(2); // [B, N, 1]
    const mean = candidates.mul(mask3).sum(1).div(allowed.maximum(1));
    // A masked candidate goes far below any feature; where all are masked the maximum is 0.
    const max = candidates.add(mask3.sub(1).mul(1e30)).max(1).mul(allowed.minimum(1));
    const shared = tf.concat([contexts, mean, max], 1) as Tensor2D; // [B, S]

    const common = tf.matMul(shared, weight("actor.0").slice([0, 0], [S, H])).add(bias("actor.0"));
    const own = tf.matMul(candidates.reshape([B * N, F]), weight("actor.0").slice([S, 0], [F, H]));
    let rows = activate(own.reshape([B, N, H]).add(common.reshape([B, 1, H]))).reshape([
      B * N,
      H,
    ]) as Tensor2D;
    for (let l = 1; l < L; l++)
      rows = activate(tf.matMul(rows, weight(`actor.${l}`)).add(bias(`actor.${l}`)));
    const logits = tf
      .matMul(rows, weight(`actor.${L}`))
      .add(bias(`actor.${L}`))
      .reshape(K === 1 ? [B, N] : [B, N, K]);

    const values = mlp(tf, parameters, spec, "critic", shared).reshape(K === 1 ? [B] : [B, K]);
    return { logits, values };
  };
}

/** Hidden layers and a linear last one. */
function mlp(
  tf: TensorFlow,
  parameters: ReadonlyMap<string, Tensor>,
  { hidden, activation }: NetworkSpec,
  name: "actor" | "critic",
  input: Tensor2D,
): Tensor2D {
  let x = input;
  for (let l = 0; l <= hidden.length; l++) {
    const weight = parameters.get(`${name}.${l}.weight`)! as Tensor2D;
    x = tf.matMul(x, weight).add(parameters.get(`${name}.${l}.bias`)!);
    if (l < hidden.length) x = activation === "tanh" ? tf.tanh(x) : tf.relu(x);
  }
  return x;
}
