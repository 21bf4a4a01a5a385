import type { SequentialStream } from "../kit/sequential-stream.js";
import type { Trainable } from "./backend/index.js";
import { softmax } from "./categorical.js";
import type { DecisionStore } from "./decision-store.js";

/** Settings of an update. The names are Schulman et al.'s and Stable-Baselines3's. */
export interface PpoSettings {
  readonly epochs: number;
  /** Decisions in a minibatch. */
  readonly minibatch: number;
  /** Epsilon of the clipped objective. */
  readonly clip: number;
  readonly valueWeight: number;
  readonly entropyWeight: number;
  readonly maxGradientNorm: number;
  /** An update stops early once the mean KL divergence of a minibatch exceeds 1.5 times this; Infinity never stops. */
  readonly targetKl: number;
}

/** What an update saw, as means over its minibatches. */
export interface PpoStatistics {
  readonly policyLoss: number;
  readonly valueLoss: number;
  readonly entropy: number;
  readonly kl: number;
  /** Share of decisions whose ratio lay outside [1 - clip, 1 + clip], as Stable-Baselines3 counts them. */
  readonly clipped: number;
  readonly gradientNorm: number;
  readonly minibatches: number;
}

/**
 * Proximal policy optimisation, clipped: Schulman et al. 2017 (arXiv:1707.06347), for one head. Masked candidates
 * have probability 0 and no gradient (Huang and Ontanon 2022, arXiv:2006.14171).
 * @param advantages by place in the rollout, normalised
 * @param returns by place in the rollout: what the value head should have said
 */
export function ppoUpdate(
  network: Trainable,
  store: DecisionStore,
  advantages: Float64Array,
  returns: Float64Array,
  learningRate: number,
  settings: PpoSettings,
  shuffle: SequentialStream,
  scratch: PpoScratch,
): PpoStatistics {
  const { minibatch, clip, valueWeight, entropyWeight, maxGradientNorm, targetKl } = settings;
  const order = Int32Array.from({ length: store.size }, (_, i) => i);
  const total = {
    policyLoss: 0,
    valueLoss: 0,
    entropy: 0,
    kl: 0,
    clipped: 0,
    gradientNorm: 0,
    minibatches: 0,
  };
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    shuffled(order, shuffle);
    for (let from = 0; from < order.length; from += minibatch) {
      const to = Math.min(from + minibatch, order.length);
      const batch = scratch.gather(store, order, from, to);
      const { logits, values, dLogits, dValues, p } = scratch;
      network.forward(batch, { logits, values });
      const share = 1 / (to - from);
      let kl = 0;
      for (let b = 0; b < batch.size; b++) {
        const first = batch.offsets[b]!;
        const end = batch.offsets[b + 1]!;
        const place = batch.places[b]!;
        const advantage = advantages[place]!;
        const taken = first + batch.actions[b]!;

        const logSum = softmax(logits, first, end, p);
        const logRatio = logits[taken]! - logSum - batch.logProbs[b]!;
        const ratio = Math.exp(logRatio);
        const bounded = Math.min(Math.max(ratio, 1 - clip), 1 + clip);
        const policyLoss = -Math.min(ratio * advantage, bounded * advantage); // eq. 7, negated
        const isClipped = bounded * advantage < ratio * advantage;
        // d loss / d log-probability: where the bounded side is the lesser, nothing is gained by moving on.
        const pull = isClipped ? 0 : -advantage * ratio;

        let entropy = 0;
        for (let i = first; i < end; i++) if (p[i]! > 0) entropy -= p[i]! * (logits[i]! - logSum);
        for (let i = first; i < end; i++) {
          const probability = p[i]!;
          if (probability === 0) {
            dLogits[i] = 0;
            continue;
          }
          const ofLogProb = pull * ((i === taken ? 1 : 0) - probability);
          const ofEntropy = entropyWeight * probability * (logits[i]! - logSum + entropy);
          dLogits[i] = share * (ofLogProb + ofEntropy);
        }
        const error = values[b]! - returns[place]!;
        dValues[b] = share * valueWeight * error;

        kl += ratio - 1 - logRatio; // Schulman 2020, "Approximating KL divergence": k3
        total.policyLoss += share * policyLoss;
        total.valueLoss += share * 0.5 * error * error;
        total.entropy += share * entropy;
        total.clipped += share * (bounded === ratio ? 0 : 1);
      }
      network.backward(dLogits, dValues);
      total.gradientNorm += network.adamStep(learningRate, maxGradientNorm);
      total.kl += kl * share;
      total.minibatches++;
      if (kl * share > 1.5 * targetKl) return means(total);
    }
  }
  return means(total);
}

function means(total: { minibatches: number } & Record<string, number>): PpoStatistics {
  const n = Math.max(1, total.minibatches);
  const mean = (name: string) => total[name]! / n;
  return {
    policyLoss: mean("policyLoss"),
    valueLoss: mean("valueLoss"),
    entropy: mean("entropy"),
    kl: mean("kl"),
    clipped: mean("clipped"),
    gradientNorm: mean("gradientNorm"),
    minibatches: total.minibatches,
  };
}

/** Fisher-Yates, in place. */
export function shuffled(order: Int32Array, stream: SequentialStream): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = stream.integer(i + 1);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
}

/** Room for a minibatch, reused. */
export class PpoScratch {
  logits = new Float32Array(0);
  values = new Float32Array(0);
  dLogits = new Float32Array(0);
  dValues = new Float32Array(0);
  p = new Float64Array(0);

  constructor(
    private readonly batch: DecisionStore,
    /** Of the network that answers: numbers in a logit, and in a value. */
    private readonly outputs = 1,
  ) {}

  gather(store: DecisionStore, order: Int32Array, from: number, to: number): DecisionStore {
    const batch = this.begin();
    for (let k = from; k < to; k++) batch.addFrom(store, order[k]!);
    this.reserve();
    return batch;
  }

  /** The minibatch, empty: fill it, then `reserve`. */
  begin(): DecisionStore {
    this.batch.clear();
    return this.batch;
  }

  /** Room for the answer to the minibatch and its derivatives. */
  reserve(): void {
    const { batch, outputs } = this;
    if (batch.size * outputs > this.values.length) {
      this.values = new Float32Array(batch.size * outputs);
      this.dValues = new Float32Array(batch.size * outputs);
    }
    if (batch.rows * outputs > this.logits.length) {
      const rows = batch.rows * outputs * 2;
      this.logits = new Float32Array(rows);
      this.dLogits = new Float32Array(rows);
      this.p = new Float64Array(rows);
    }
  }
}
