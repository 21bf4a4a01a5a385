import { fromBase64, toBase64 } from "../kit/base64-floats.js";
import type { NetworkRuntime } from "../policy/runtime/network/index.js";
import type { GradientBackend } from "./backend/index.js";
import { scoresNotFinite } from "./categorical.js";
import type { DecisionStore } from "./decision-store.js";
import type { DqnSettings } from "./dqn.js";
import type { Observation, Space } from "./environment.js";
import { type HeadState, NetworkHead } from "./network-head.js";
import type { Transition } from "./replay-memory.js";

/** All of a head's state as plain JSON. */
export interface QHeadState extends HeadState {
  /** Parameters of the past self. */
  readonly past: string;
}

/** A head of Q-learning: its network's twin is its past self. */
export class QHead extends NetworkHead {
  /** Parameters of the past self. */
  private remembered: Float32Array;
  private readonly dueling: boolean;

  constructor(space: Space, settings: DqnSettings, backend: GradientBackend) {
    super(space, settings, backend);
    this.remembered = this.trainable.parameters();
    this.dueling = settings.dueling;
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
    return argmax(this.scratch.logits, 0, observation.count);
  }

  q(observation: Observation): Float32Array {
    this.forward([observation], this.trainable);
    return this.scratch.logits.slice(0, observation.count);
  }

  /** Value of the best candidate of each observation, by the past self; `double` has the network choose it. */
  bestValues(observations: readonly Observation[], double: boolean): number[] {
    const { scratch } = this;
    const batch = this.forward(observations, double ? this.trainable : this.runtime);
    const rows = observations.map((_, b) => argmax(scratch.logits, batch.offsets[b]!, batch.offsets[b + 1]!));
    if (double) this.forward(observations, this.runtime);
    return rows.map((row) => scratch.logits[row]!);
  }

  /**
   * A step on the Huber loss between Q of what was taken and its target.
   * @param weights of each in the loss
   * @returns errors Q - target before the step
   */
  learn(
    transitions: readonly Transition[],
    targets: readonly number[],
    weights: readonly number[],
    learningRate: number,
    maxGradientNorm: number,
  ): number[] {
    const { scratch, trainable, dueling } = this;
    const batch = this.forward(
      transitions.map(({ observation }) => observation),
      trainable,
    );
    const { logits, dLogits, dValues } = scratch;
    const errors = transitions.map(({ action }, b) => {
      const from = batch.offsets[b]!;
      const to = batch.offsets[b + 1]!;
      const error = logits[from + action]! - targets[b]!;
      const pull = weights[b]! * Math.min(1, Math.max(-1, error));
      // By Q = V + A - mean A: V has all of it, A of what was taken too, and all allowed ones lose their share of the mean.
      const share = dueling ? pull / allowedIn(batch, from, to) : 0;
      for (let i = from; i < to; i++) dLogits[i] = (i === from + action ? pull : 0) - share;
      dValues[b] = dueling ? pull : 0;
      return error;
    });
    trainable.backward(dLogits, dValues);
    trainable.adamStep(learningRate, maxGradientNorm);
    return errors;
  }

  override save(): QHeadState {
    return { ...super.save(), past: toBase64(this.remembered) };
  }

  override load(state: QHeadState): void {
    super.load(state);
    this.recall(fromBase64(state.past));
  }

  /** Q of all candidates into the scratch's logits. */
  private forward(observations: readonly Observation[], by: Pick<NetworkRuntime, "forward">): DecisionStore {
    const { scratch, scales, dueling } = this;
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
      let sum = 0;
      for (let i = from; i < to; i++) if (batch.mask[i] === 1) sum += logits[i]!;
      const shift = values[b]! - sum / allowedIn(batch, from, to);
      for (let i = from; i < to; i++) logits[i]! += shift;
    }
    return batch;
  }
}

function allowedIn({ mask }: DecisionStore, from: number, to: number): number {
  let allowed = 0;
  for (let i = from; i < to; i++) allowed += mask[i]!;
  return allowed;
}

/** Place of the greatest; masked ones are -Infinity, and never it. */
function argmax(values: Float32Array, from: number, to: number): number {
  let best = from;
  for (let i = from + 1; i < to; i++) if (values[i]! > values[best]!) best = i;
  if (!Number.isFinite(values[best])) throw scoresNotFinite();
  return best;
}
