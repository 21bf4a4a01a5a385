import { type NetworkSpec, parameterCount, parameterTable } from "../policy/runtime/network/index.js";

/** A distribution of returns, learned as its quantiles. */
export interface QuantileSettings {
  /** Quantiles, N: of the fractions (2 i + 1) / 2 N, for i from 0. */
  readonly count: number;
  /**
   * Up to this error the loss is a square, beyond it grows evenly, in units of the returns' deviation. With 0 what is learned are
   * quantiles to the letter; more is smoother, and draws them in (towards expectiles).
   */
  readonly kappa: number;
}

/**
 * The quantile Huber loss of Dabney, Rowland, Bellemare and Munos 2018 ("Distributional reinforcement learning with quantile
 * regression", eq. 10, algorithm 1), of quantiles theta_i against M equally likely targets t_j:
 *
 *     sum over i of mean over j of |f_i - 1{t_j < theta_i}| L(t_j - theta_i) / kappa,
 *
 * where L is Huber's loss. Over kappa (Dabney et al. 2018, IQN, eq. 3), so that its limit at kappa = 0 is quantile regression proper
 * (Koenker and Bassett 1978).
 * @param from where the N quantiles begin
 * @param slopes [N], the derivatives by the quantiles, written
 */
export function quantileLoss(
  quantiles: Float32Array,
  from: number,
  targets: Float64Array,
  kappa: number,
  slopes: Float64Array,
): number {
  const N = slopes.length;
  const M = targets.length;
  let loss = 0;
  for (let i = 0; i < N; i++) {
    const fraction = (2 * i + 1) / (2 * N);
    const quantile = quantiles[from + i]!;
    let slope = 0;
    for (let j = 0; j < M; j++) {
      const error = targets[j]! - quantile;
      const size = Math.abs(error);
      const weight = error < 0 ? 1 - fraction : fraction;
      const square = size < kappa;
      loss += (weight * (square ? (0.5 * size * size) / kappa : size - 0.5 * kappa)) / M;
      slope -= (weight * (square ? error / kappa : Math.sign(error))) / M;
    }
    slopes[i] = slope;
  }
  return loss;
}

/**
 * The network of one output whose scores and values are the means over the outputs of another. Means are linear, and so is the
 * last layer: its weights and biases are averaged, and nothing is lost.
 */
export function meanNetwork(
  spec: NetworkSpec,
  parameters: Float32Array,
): { readonly network: NetworkSpec; readonly parameters: Float32Array } {
  const { outputs: _, ...network } = spec;
  const mean = new Float32Array(parameterCount(network));
  const wide = parameterTable(spec);
  parameterTable(network).forEach(({ shape, offset }, t) => {
    const size = shape.reduce((product, side) => product * side, 1);
    const { shape: wideShape, offset: from } = wide[t]!;
    // What is as wide in both is copied; what is K times as wide is averaged over its K columns.
    const K = wideShape.reduce((product, side) => product * side, 1) / size;
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += parameters[from + i * K + k]!;
      mean[offset + i] = sum / K;
    }
  });
  return { network, parameters: mean };
}
