import { fromBase64, toBase64 } from "../kit/base64-floats.js";
import { InputError } from "../kit/errors.js";
import type { NetworkRuntime } from "../policy/runtime/network/index.js";
import type { GradientBackend } from "./backend/index.js";
import { scoresNotFinite } from "./categorical.js";
import type { DecisionStore } from "./decision-store.js";
import type { DqnSettings } from "./dqn.js";
import type { Observation, Space } from "./environment.js";
import { type HeadState, NetworkHead, type TrainedHead } from "./network-head.js";
import { meanNetwork, type QuantileSettings, quantileLoss } from "./quantile-regression.js";
import type { Transition } from "./replay-memory.js";

/** All of a head's state as plain JSON. */
export interface QHeadState extends HeadState {
  /** Parameters of the past self. */
  readonly past: string;
}

/** What a transition was to the network that learned from it. */
export interface Surprise {
  /** Before the step, and not weighted. */
  readonly loss: number;
  /** How wrong it was: |Q - target|, or the loss where the target is a distribution. */
  readonly size: number;
}

/**
 * A head of Q-learning: its network's twin is its past self. What a candidate is worth is one number, or the `outputs` quantiles
 * of a distribution, whose mean is what candidates are chosen by.
 */
export class QHead extends NetworkHead {
  /** Numbers by which a candidate's worth is told. */
  readonly outputs: number;
  /** Parameters of the past self. */
  private remembered: Float32Array;
  private readonly dueling: boolean;
  private readonly quantiles: QuantileSettings | null;
  private readonly slopes: Float64Array;

  /** @throws {InputError} BAD_SETTING where quantiles are asked of a network of the backend's own */
  constructor(space: Space, settings: DqnSettings, backend: GradientBackend) {
    const { dueling, quantiles } = settings;
    if (quantiles !== null && backend.own !== undefined) {
      throw new InputError("BAD_SETTING", {
        what: `${backend.name} has one output a candidate, and quantiles need several`,
        where: "quantiles",
        mend: "leave quantiles out, or train the candidate scorer (simd, plain or tensorflow)",
      });
    }
    const outputs = quantiles?.count ?? 1;
    super(space, { ...settings, outputs }, backend);
    this.outputs = outputs;
    this.remembered = this.trainable.parameters();
    this.dueling = dueling;
    this.quantiles = quantiles;
    this.slopes = new Float64Array(outputs);
  }

  /** The past self becomes what the network is. */
  remember(): void {
    this.recall(this.trainable.parameters());
  }

  private recall(parameters: Float32Array): void {
    this.remembered = parameters;
    this.runtime.setParameters(parameters);
  }

  best(observation: Observation): number {
    this.forward([observation], this.trainable);
    return this.argmax(0, observation.count);
  }

  /** What each candidate is worth, [count, outputs]; -Infinity where masked. */
  worth(observation: Observation): Float32Array {
    this.forward([observation], this.trainable);
    return this.scratch.logits.slice(0, observation.count * this.outputs);
  }

  /**
   * What the best candidate of each observation is worth, [observations, outputs], by the past self; `double` has the network
   * choose it.
   */
  bestWorth(observations: readonly Observation[], double: boolean): Float32Array {
    const { scratch, outputs } = this;
    const batch = this.forward(observations, double ? this.trainable : this.runtime);
    const rows = observations.map((_, b) => this.argmax(batch.offsets[b]!, batch.offsets[b + 1]!));
    if (double) this.forward(observations, this.runtime);
    const worth = new Float32Array(rows.length * outputs);
    rows.forEach((row, b) => {
      worth.set(scratch.logits.subarray(row * outputs, (row + 1) * outputs), b * outputs);
    });
    return worth;
  }

  /**
   * A step on the loss between what was taken and its target: Huber's between Q and a number, the quantile Huber loss between
   * quantiles and a distribution.
   * @param targets of each transition, [outputs]
   * @param weights of each in the loss
   */
  learn(
    transitions: readonly Transition[],
    targets: readonly Float64Array[],
    weights: readonly number[],
    learningRate: number,
    maxGradientNorm: number,
  ): Surprise[] {
    const { scratch, trainable, dueling, outputs, slopes } = this;
    const batch = this.forward(
      transitions.map(({ observation }) => observation),
      trainable,
    );
    const { dLogits, dValues } = scratch;
    const surprises = transitions.map(({ action }, b) => {
      const from = batch.offsets[b]!;
      const to = batch.offsets[b + 1]!;
      const surprise = this.lossOf((from + action) * outputs, targets[b]!);
      const allowed = allowedIn(batch, from, to);
      for (let k = 0; k < outputs; k++) {
        const pull = weights[b]! * slopes[k]!;
        // By Q = V + A - mean A: V has all of it, A of what was taken too, and all allowed ones lose their share of the mean.
        const share = dueling ? pull / allowed : 0;
        for (let i = from; i < to; i++) dLogits[i * outputs + k] = (i === from + action ? pull : 0) - share;
        dValues[b * outputs + k] = dueling ? pull : 0;
      }
      return surprise;
    });
    trainable.backward(dLogits, dValues);
    trainable.adamStep(learningRate, maxGradientNorm);
    return surprises;
  }

  /** The policy that goes by the means: what ships has one output, whatever was learned. */
  override trained(): TrainedHead {
    const head = super.trained();
    return this.quantiles === null ? head : { ...head, ...meanNetwork(head.network, head.parameters) };
  }

  override save(): QHeadState {
    return { ...super.save(), past: toBase64(this.remembered) };
  }

  override load(state: QHeadState): void {
    super.load(state);
    this.recall(fromBase64(state.past));
  }

  /** Loss of the outputs from `at` on against a target, and its slopes. */
  private lossOf(at: number, target: Float64Array): Surprise {
    const { quantiles, slopes } = this;
    const { logits } = this.scratch;
    if (quantiles !== null) {
      const loss = quantileLoss(logits, at, target, quantiles.kappa, slopes);
      return { loss, size: loss };
    }
    const error = logits[at]! - target[0]!;
    const size = Math.abs(error);
    slopes[0] = Math.min(1, Math.max(-1, error));
    return { loss: size <= 1 ? 0.5 * size ** 2 : size - 0.5, size };
  }

  /** What all candidates are worth, into the scratch's logits. */
  private forward(observations: readonly Observation[], by: Pick<NetworkRuntime, "forward">): DecisionStore {
    const { scratch, scales, dueling, outputs } = this;
    const batch = scratch.begin();
    for (const observation of observations) batch.add(observation);
    scratch.reserve();
    scales.apply(batch);
    by.forward(batch, scratch);
    if (!dueling) return batch;
    const { logits, values } = scratch;
    for (let b = 0; b < batch.size; b++) {
      const from = batch.offsets[b]!;
      const to = batch.offsets[b + 1]!;
      const allowed = allowedIn(batch, from, to);
      for (let k = 0; k < outputs; k++) {
        let sum = 0;
        for (let i = from; i < to; i++) if (batch.mask[i] === 1) sum += logits[i * outputs + k]!;
        const shift = values[b * outputs + k]! - sum / allowed;
        for (let i = from; i < to; i++) logits[i * outputs + k]! += shift;
      }
    }
    return batch;
  }

  /** The row whose outputs have the greatest mean; masked ones are -Infinity, and never it. */
  private argmax(from: number, to: number): number {
    const { outputs, scratch } = this;
    let best = from;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = from; i < to; i++) {
      const mean = meanOf(scratch.logits, i * outputs, outputs);
      if (mean > most || i === from) [best, most] = [i, mean];
    }
    if (!Number.isFinite(most)) throw scoresNotFinite();
    return best;
  }
}

export function meanOf(values: Float32Array, from: number, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += values[from + k]!;
  return sum / count;
}

function allowedIn({ mask }: DecisionStore, from: number, to: number): number {
  let allowed = 0;
  for (let i = from; i < to; i++) allowed += mask[i]!;
  return allowed;
}
