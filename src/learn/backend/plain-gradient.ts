import type { Floats, Layer, PlainNetwork } from "../../policy/runtime/network/index.js";
import { outputsOf, sharedWidth } from "../../policy/runtime/network/index.js";

/**
 * Reverse-mode differentiation of the network, by hand: adds to `gradient` (the parameters' layout) the
 * gradient of sum(logits * dLogits) + sum(values * dValues) at the network's last forward pass. The specification
 * of the kernels' backward pass, and, in double precision, what finite differences are taken against.
 */
export function plainGradient<F extends Floats>(
  network: PlainNetwork<F>,
  dLogits: Floats,
  dValues: Floats,
  gradient: Floats,
): void {
  const { spec, actor, critic, rows, size, owner, place, shared } = network;
  const S = sharedWidth(spec);

  if (spec.kind === "flat") {
    const dScores = new network.floats(size * spec.candidates!);
    for (let r = 0; r < rows; r++) dScores[owner[r]!] = dLogits[place[r]!]!;
    const d = backThroughHidden(network, actor, network.actorHidden, size, dScores, gradient);
    addWeightGradient(actor[0]!.weight, S, actor[0]!.outputs, shared, d, size, gradient);
    addBiasGradient(actor[0]!, d, size, gradient);
  } else scorerGradient(network, dLogits, gradient);

  const dCritic = backThroughHidden(network, critic, network.criticHidden, size, dValues, gradient);
  addWeightGradient(critic[0]!.weight, S, critic[0]!.outputs, shared, dCritic, size, gradient);
  addBiasGradient(critic[0]!, dCritic, size, gradient);
}

/** That of the actor which scores candidates one by one. */
function scorerGradient<F extends Floats>(network: PlainNetwork<F>, dLogits: Floats, gradient: Floats): void {
  const { spec, actor, rows, size, owner, place, shared } = network;
  const S = sharedWidth(spec);
  const K = outputsOf(spec);
  const dScores = new network.floats(rows * K);
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < K; k++) dScores[r * K + k] = dLogits[place[r]! * K + k]!;
  }
  const dFirst = backThroughHidden(network, actor, network.actorHidden, rows, dScores, gradient);
  // The first layer in its two parts: a candidate's own, and, summed over its rows, the decision's.
  const first = actor[0]!;
  const H = first.outputs;
  const dCommon = new network.floats(size * H);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < H; j++) {
      const at = owner[r]! * H + j;
      dCommon[at] = dCommon[at]! + dFirst[r * H + j]!;
    }
  }
  addWeightGradient(first.weight + S * H, spec.candidate, H, network.candidates, dFirst, rows, gradient);
  addWeightGradient(first.weight, S, H, shared, dCommon, size, gradient);
  addBiasGradient(first, dCommon, size, gradient);
}

/** From the derivatives by an MLP's outputs [rows, K] to those by its first layer's sums [rows, hidden[0]]. */
function backThroughHidden<F extends Floats>(
  { parameters, floats, spec }: PlainNetwork<F>,
  layers: readonly Layer[],
  hidden: readonly F[],
  rows: number,
  dOut: Floats,
  gradient: Floats,
): F {
  let d: Floats = dOut;
  let before = new floats(0);
  for (let l = layers.length - 1; l > 0; l--) {
    const { inputs, outputs, weight } = layers[l]!;
    const y = hidden[l - 1]!;
    addWeightGradient(weight, inputs, outputs, y, d, rows, gradient);
    addBiasGradient(layers[l]!, d, rows, gradient);
    before = new floats(rows * inputs);
    for (let r = 0; r < rows; r++) {
      for (let k = 0; k < inputs; k++) {
        let sum = 0;
        for (let j = 0; j < outputs; j++) sum += d[r * outputs + j]! * parameters[weight + k * outputs + j]!;
        const output = y[r * inputs + k]!;
        const slope = spec.activation === "tanh" ? 1 - output * output : output > 0 ? 1 : 0;
        before[r * inputs + k] = sum * slope;
      }
    }
    d = before;
  }
  return before;
}

/** dW += x^T d. */
function addWeightGradient(
  weight: number,
  inputs: number,
  outputs: number,
  x: Floats,
  d: Floats,
  rows: number,
  gradient: Floats,
): void {
  for (let k = 0; k < inputs; k++) {
    const to = weight + k * outputs;
    let j = 0;
    for (; j + 4 <= outputs; j += 4) {
      // Four sums at a time, or each would wait for its own last addition.
      let s0 = gradient[to + j]!;
      let s1 = gradient[to + j + 1]!;
      let s2 = gradient[to + j + 2]!;
      let s3 = gradient[to + j + 3]!;
      for (let r = 0, from = k, at = j; r < rows; r++, from += inputs, at += outputs) {
        const value = x[from]!;
        s0 += value * d[at]!;
        s1 += value * d[at + 1]!;
        s2 += value * d[at + 2]!;
        s3 += value * d[at + 3]!;
      }
      gradient[to + j] = s0;
      gradient[to + j + 1] = s1;
      gradient[to + j + 2] = s2;
      gradient[to + j + 3] = s3;
    }
    for (; j < outputs; j++) {
      let sum = gradient[to + j]!;
      for (let r = 0; r < rows; r++) sum += x[r * inputs + k]! * d[r * outputs + j]!;
      gradient[to + j] = sum;
    }
  }
}

/** db += the sum of d over rows. */
function addBiasGradient({ bias, outputs }: Layer, d: Floats, rows: number, gradient: Floats): void {
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < outputs; j++) gradient[bias + j] = gradient[bias + j]! + d[r * outputs + j]!;
  }
}
