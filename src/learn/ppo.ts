import { assert } from "../kit/assert.js";
import type { SequentialStream } from "../kit/sequential-stream.js";
import type { Trainable } from "./backend/index.js";
import { softmax } from "./categorical.js";
import type { DecisionStore, Decisions } from "./decision-store.js";
import { alone, type Crew } from "./threads/crew.js";

/** Settings of an update. The names are Schulman et al.'s and Stable-Baselines3's. */
export interface PpoSettings {
  readonly epochs: number;
  /** Decisions in a minibatch. */
  readonly minibatch: number;
  /** Epsilon of the clipped objective. */
  readonly clip: number;
  /**
   * Values pay no less for an error that they mend by moving further than this from what they were in the rollout (Schulman's baselines;
   * Engstrom et al. 2020, arXiv:2005.12729, find no use in it). In units of scaled returns; absent: no bound.
   */
  readonly valueClip?: number;
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

/** Where values have no bound nobody asks what they were. */
const NO_VALUES = new Float64Array(0);
/** Figures of a shard, summed over its decisions. */
const [POLICY_LOSS, VALUE_LOSS, ENTROPY, KL, CLIPPED, FIGURES] = [0, 1, 2, 3, 4, 5];
/** Numbers on a side of a crew's board. */
const SIDE = 32;

/**
 * Proximal policy optimisation, clipped: Schulman et al. 2017 (arXiv:1707.06347), for one head. Masked candidates
 * have probability 0 and no gradient (Huang and Ontanon 2022, arXiv:2006.14171).
 *
 * All members of a crew call it with the same arguments, each with a network of its own over the same parameters: a minibatch's
 * shards are dealt out among them. What comes of it does not depend on how many they are, nor on the order of the store.
 * @param advantages by place in the rollout, normalised
 * @param returns by place in the rollout: what the value head should have said
 * @param before by place in the rollout: what it said; for `valueClip`
 */
export function ppoUpdate(
  network: Trainable,
  store: Decisions,
  advantages: Float64Array,
  returns: Float64Array,
  learningRate: number,
  settings: PpoSettings,
  shuffle: SequentialStream,
  scratch: PpoScratch,
  crew: Crew = alone(),
  before: Float64Array = NO_VALUES,
): PpoStatistics {
  const { minibatch, maxGradientNorm, targetKl } = settings;
  assert(
    settings.valueClip === undefined || before.length === returns.length,
    "values are held by what they were",
  );
  const { sharding } = network;
  const { board } = crew;
  const order = byPlace(store);
  const total = new Float64Array(FIGURES);
  let gradientNorm = 0;
  let minibatches = 0;
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    shuffled(order, shuffle);
    for (let from = 0; from < order.length; from += minibatch) {
      const to = Math.min(from + minibatch, order.length);
      const size = to - from;
      const shards = sharding?.shards(size) ?? 1;
      const place = (shard: number) => from + Math.floor((shard * size) / shards);
      // Two sides of the board in turn: who is ahead writes on one while the others read the other.
      const side = (minibatches % 2) * SIDE;
      const figuresOf = (shard: number) =>
        board.subarray(side + shard * FIGURES, side + (shard + 1) * FIGURES);
      for (let shard = crew.member; shard < shards; shard += crew.count) {
        const batch = scratch.gather(store, order, place(shard), place(shard + 1));
        network.forward(batch, scratch);
        differentiate(batch, advantages, returns, before, settings, 1 / size, scratch, figuresOf(shard));
        if (sharding === undefined) network.backward(scratch.dLogits, scratch.dValues);
        else sharding.backward(shard, scratch.dLogits, scratch.dValues);
      }
      gradientNorm +=
        sharding === undefined
          ? network.adamStep(learningRate, maxGradientNorm)
          : sharding.adamStep(shards, learningRate, maxGradientNorm);
      let kl = 0;
      for (let shard = 0; shard < shards; shard++) {
        const figures = figuresOf(shard);
        for (let f = 0; f < FIGURES; f++) total[f]! += figures[f]! / size;
        kl += figures[KL]!;
      }
      minibatches++;
      if (kl / size > 1.5 * targetKl) return means();
    }
  }
  return means();

  function means(): PpoStatistics {
    const n = Math.max(1, minibatches);
    return {
      policyLoss: total[POLICY_LOSS]! / n,
      valueLoss: total[VALUE_LOSS]! / n,
      entropy: total[ENTROPY]! / n,
      kl: total[KL]! / n,
      clipped: total[CLIPPED]! / n,
      gradientNorm: gradientNorm / n,
      minibatches,
    };
  }
}

/**
 * The loss of some of a minibatch's decisions, as derivatives by the network's answer to them.
 * @param scratch the answer, and where the derivatives go
 * @param share one over the minibatch's decisions
 * @param figures [FIGURES]: sums over the decisions
 */
function differentiate(
  batch: Decisions,
  advantages: Float64Array,
  returns: Float64Array,
  before: Float64Array,
  { clip, valueClip, valueWeight, entropyWeight }: PpoSettings,
  share: number,
  { logits, values, dLogits, dValues, p, gains, targets }: PpoScratch,
  figures: Float64Array,
): void {
  const { size, offsets, places, actions, logProbs } = batch;
  // They lie scattered: in so short a loop the waits for memory overlap.
  for (let b = 0; b < size; b++) {
    gains[b] = advantages[places[b]!]!;
    targets[b] = returns[places[b]!]!;
  }
  figures.fill(0);
  for (let b = 0; b < size; b++) {
    const first = offsets[b]!;
    const end = offsets[b + 1]!;
    const advantage = gains[b]!;
    const taken = first + actions[b]!;

    const logSum = softmax(logits, first, end, p);
    const logRatio = logits[taken]! - logSum - logProbs[b]!;
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
    const error = values[b]! - targets[b]!;
    const held =
      valueClip === undefined ? error : near(before[places[b]!]!, values[b]!, valueClip) - targets[b]!;
    // The greater error of the two counts, as the lesser objective does: beyond the bound nothing is gained by moving on.
    const isHeld = Math.abs(held) > Math.abs(error);
    dValues[b] = isHeld ? 0 : share * valueWeight * error;

    figures[KL]! += ratio - 1 - logRatio; // Schulman 2020, "Approximating KL divergence": k3
    figures[POLICY_LOSS]! += policyLoss;
    figures[VALUE_LOSS]! += 0.5 * (isHeld ? held * held : error * error);
    figures[ENTROPY]! += entropy;
    figures[CLIPPED]! += bounded === ratio ? 0 : 1;
  }
}

const near = (centre: number, x: number, reach: number): number =>
  Math.min(Math.max(x, centre - reach), centre + reach);

/** A store's decisions as they stand in the rollout's columns: the same order, whichever thread brought them. */
function byPlace({ places, size }: Decisions): Int32Array {
  const order = new Int32Array(size);
  let last = -1;
  for (let b = 0; b < size; b++) last = Math.max(last, places[b]!);
  const at = new Int32Array(last + 1).fill(-1);
  for (let b = 0; b < size; b++) at[places[b]!] = b;
  let i = 0;
  for (const b of at) if (b >= 0) order[i++] = b;
  return order;
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
  /** Of the minibatch's decisions: advantages and returns. */
  gains = new Float64Array(0);
  targets = new Float64Array(0);

  constructor(
    private readonly batch: DecisionStore,
    /** Of the network that answers: numbers in a logit, and in a value. */
    private readonly outputs = 1,
  ) {}

  gather(store: Decisions, order: Int32Array, from: number, to: number): DecisionStore {
    const batch = this.begin();
    batch.gather(store, order, from, to);
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
      this.gains = new Float64Array(batch.size);
      this.targets = new Float64Array(batch.size);
    }
    if (batch.rows * outputs > this.logits.length) {
      const rows = batch.rows * outputs * 2;
      this.logits = new Float32Array(rows);
      this.dLogits = new Float32Array(rows);
      this.p = new Float64Array(rows);
    }
  }
}
