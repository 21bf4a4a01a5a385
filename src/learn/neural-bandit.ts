import { SequentialStream } from "../kit/sequential-stream.js";
import type { GradientBackend } from "./backend/index.js";
import { anyAllowed, bestAllowed, type ContextualBandit } from "./contextual-bandit.js";
import { DecisionStore } from "./decision-store.js";
import { kept, type Observation, type Space } from "./environment.js";
import { freshNetwork, type NetworkSettings } from "./fresh-network.js";
import { PpoScratch } from "./ppo.js";

export interface NeuralBanditSettings extends NetworkSettings {
  /** Share of decisions that explore, at the first; it falls in proportion to 1 / (1 + decisions / `halving`). */
  readonly epsilon: number;
  readonly halving: number;
  /** Decisions that are remembered, the oldest forgotten first. */
  readonly memory: number;
  readonly minibatch: number;
  /** Decisions between steps of gradient descent. */
  readonly every: number;
  readonly learningRate: number;
}

export const neuralBanditDefaults: Omit<NeuralBanditSettings, "seed"> = {
  epsilon: 0.3,
  halving: 300,
  memory: 4096,
  minibatch: 64,
  every: 1,
  learningRate: 3e-3,
  hidden: [32, 32],
  activation: "tanh",
};

/**
 * Epsilon-greedy over a network that predicts each candidate's reward (Riquelme, Tucker and Snoek 2018, "Deep Bayesian
 * bandits showdown", section 3: the baseline that more elaborate exploration has to beat). The score of a candidate is its
 * predicted reward; squared error, on minibatches of what is remembered. `dispose` frees the network.
 */
export function neuralBandit(
  space: Space,
  settings: NeuralBanditSettings,
  backend: GradientBackend,
): ContextualBandit & { dispose(): void } {
  const { seed, epsilon, halving, memory, minibatch, every, learningRate } = settings;
  const { trainable } = freshNetwork(space, settings, backend);
  const stream = new SequentialStream(`neural-bandit/${seed}`);
  const scratch = new PpoScratch(new DecisionStore(space));
  const past: { readonly observation: Observation; readonly action: number; readonly reward: number }[] = [];
  let decisions = 0;

  const predict = (observation: Observation): Float32Array => {
    const batch = scratch.begin();
    batch.add(observation);
    scratch.reserve();
    trainable.forward(batch, scratch);
    return scratch.logits;
  };
  const greedy = (observation: Observation): number => {
    const predicted = predict(observation);
    return bestAllowed(observation, (i) => predicted[i]!);
  };
  const descend = (): void => {
    const batch = scratch.begin();
    const rewards: number[] = [];
    for (let b = 0; b < minibatch; b++) {
      const { observation, action, reward } = past[stream.integer(past.length)]!;
      batch.actions[batch.add(observation)] = action;
      rewards.push(reward);
    }
    scratch.reserve();
    const { dLogits, dValues, logits } = scratch;
    trainable.forward(batch, scratch);
    dLogits.fill(0, 0, batch.rows);
    dValues.fill(0, 0, batch.size);
    for (let b = 0; b < batch.size; b++) {
      const row = batch.offsets[b]! + batch.actions[b]!;
      dLogits[row] = (logits[row]! - rewards[b]!) / batch.size;
    }
    trainable.backward(dLogits, dValues);
    trainable.adamStep(learningRate, 10);
  };

  return {
    name: `neural(epsilon=${epsilon})`,
    choose(observation) {
      const explores = stream.next() < epsilon / (1 + decisions / halving);
      return explores ? anyAllowed(observation, stream) : greedy(observation);
    },
    best: greedy,
    learn(observation, action, reward) {
      past[decisions % memory] = { observation: kept(observation, space), action, reward };
      if (++decisions % every === 0 && decisions >= minibatch) descend();
    },
    dispose: () => trainable.dispose(),
  };
}
