import { type SequentialState, SequentialStream } from "../kit/sequential-stream.js";
import type { Activation } from "../policy/runtime/network/index.js";
import type { GradientBackend } from "./backend/index.js";
import { anyAllowed } from "./contextual-bandit.js";
import { diverged } from "./divergence.js";
import { type Environment, kept, type Observation, type Step } from "./environment.js";
import { Episodes, type EpisodesState } from "./episodes.js";
import { loadHeads, type TrainedHead } from "./network-head.js";
import { ObservationNumbers, type SavedObservations, savedObservations } from "./observation-numbers.js";
import { meanOf, QHead, type QHeadState } from "./q-head.js";
import type { QuantileSettings } from "./quantile-regression.js";
import { RecentSteps, type SavedSteps } from "./recent-steps.js";
import { ReplayMemory, type SavedMemory } from "./replay-memory.js";
import { requireDqnSettings } from "./require-settings.js";
import { RewardScale, type SavedRewardScale } from "./reward-scale.js";
import { trainingSeed } from "./trainer.js";

export interface DqnSettings {
  /** Determines weights, exploration, draws and episodes. */
  readonly seed: number;
  /** Decisions to learn from in all. */
  readonly decisions: number;
  /** Seconds after which a reward weighs 1 / e of what it weighs now. */
  readonly horizon: number;
  /** Steps whose rewards are taken as they came before the network's word is taken (Sutton 1988); 1 is plain. */
  readonly steps: number;
  /** The network chooses, its past self judges (van Hasselt, Guez and Silver 2016). */
  readonly double: boolean;
  /** Q = V + A - mean of A (Wang et al. 2016, eq. 9), the mean over allowed candidates. */
  readonly dueling: boolean;
  /** Learns the distribution of what comes, not its mean alone (Dabney et al. 2018, QR-DQN); null learns the mean. */
  readonly quantiles: QuantileSettings | null;
  /** Exponents of priorities and of their correction, which rises to 1 (Schaul et al. 2016); null draws uniformly. */
  readonly prioritised: { readonly alpha: number; readonly beta: number } | null;
  /** Transitions that are remembered. */
  readonly memory: number;
  /** Random decisions at first: they set the scales of features and rewards, which then stay. */
  readonly lookAround: number;
  /** Decisions between gradient steps. */
  readonly every: number;
  readonly minibatch: number;
  /** Gradient steps between copies of the network to its past self. */
  readonly targetEvery: number;
  readonly learningRate: number;
  readonly finalLearningRate: number;
  readonly maxGradientNorm: number;
  /** Share of random decisions: from `first` to `last`, over the first `share` of all decisions. */
  readonly exploration: { readonly first: number; readonly last: number; readonly share: number };
  readonly hidden: readonly number[];
  readonly activation: Activation;
  /** Normalised features are kept within [-clip, clip]. */
  readonly clip: number;
}

export const dqnDefaults = {
  steps: 3,
  double: true,
  dueling: true,
  quantiles: null,
  // Where rewards are mostly luck, as in queues, the largest errors are luck too: priorities do harm there.
  prioritised: null,
  memory: 50_000,
  lookAround: 1000,
  every: 2,
  minibatch: 64,
  targetEvery: 250,
  learningRate: 1e-3,
  finalLearningRate: 1e-4,
  maxGradientNorm: 10,
  exploration: { first: 1, last: 0.02, share: 0.2 },
  hidden: [64, 64],
  activation: "tanh",
  clip: 10,
} as const satisfies Partial<DqnSettings>;

export interface DqnProgress {
  readonly decisions: number;
  /** Mean loss of the gradient steps, Huber's or that of quantiles, in units of the returns' deviation. */
  readonly loss: number;
  /** Share of random decisions now. */
  readonly exploration: number;
  /** Mean undiscounted reward of the episodes that ended meanwhile; NaN where none did. */
  readonly episodeReward: number;
}

/** All of a trainer's state as plain JSON. */
export interface DqnState {
  readonly format: "switchyard.dqn/1";
  readonly backend: string;
  readonly settings: DqnSettings;
  readonly decisions: number;
  readonly looked: number;
  readonly gradientSteps: number;
  readonly episodeReward: number;
  readonly exploration: SequentialState;
  readonly drawing: SequentialState;
  readonly rewards: SavedRewardScale;
  readonly episodes: EpisodesState;
  readonly heads: readonly QHeadState[];
  readonly memory: SavedMemory;
  readonly recent: SavedSteps;
  /** Number of the one last observed, of the observations that memory and recent steps refer to. */
  readonly observation: number;
  readonly observations: SavedObservations;
}

/**
 * Deep Q-learning (Mnih et al. 2015, "Human-level control through deep reinforcement learning", algorithm 1) with the parts
 * of Rainbow (Hessel et al. 2018): double, dueling, several steps, prioritised, distributional (by quantiles).
 * Candidates that are masked are neither taken nor looked at, in the maximum too. Time counts: a step of t seconds
 * discounts by exp(-t / horizon).
 */
export class DqnTrainer {
  private readonly heads: readonly QHead[];
  private readonly memory: ReplayMemory;
  private readonly explore: SequentialStream;
  private readonly drawing: SequentialStream;
  private readonly places: Int32Array;
  private readonly recent: RecentSteps;
  private readonly episodes: Episodes;
  /** What was last observed: a copy, which transitions share. */
  private observation: Observation;
  private episodeReward = 0;
  private looked = 0;
  private learned = 0;
  private gradientSteps = 0;
  private readonly scale: RewardScale;

  /** @throws {InputErrors} BAD_SETTING */
  constructor(
    make: () => Environment,
    readonly settings: DqnSettings,
    private readonly backend: GradientBackend,
  ) {
    const { seed, memory, minibatch, steps, horizon } = settings;
    requireDqnSettings(settings);
    const environment = make();
    this.heads = environment.spaces.map((space) => new QHead(space, settings, backend));
    this.memory = new ReplayMemory(memory);
    this.explore = new SequentialStream(`explore/${seed}`);
    this.drawing = new SequentialStream(`replay/${seed}`);
    this.places = new Int32Array(minibatch);
    this.recent = new RecentSteps(steps);
    this.scale = new RewardScale(environment.continuing, horizon);
    this.episodes = new Episodes(environment, (episode) => trainingSeed(seed, 0, episode));
    this.observation = this.keep(this.episodes.observation);
  }

  get done(): boolean {
    return this.learned >= this.settings.decisions;
  }

  get decisions(): number {
    return this.learned;
  }

  /**
   * Plays and learns from so many decisions. The first call looks around before.
   * @throws {FailureError} DIVERGED when gradients are no longer numbers
   */
  advance(decisions: number): DqnProgress {
    try {
      return this.playAndLearn(decisions);
    } catch (error) {
      throw diverged(error, `after ${this.learned} decisions`);
    }
  }

  private playAndLearn(decisions: number): DqnProgress {
    const { settings, explore } = this;
    while (this.looked < settings.lookAround) {
      this.looked++;
      this.play(anyAllowed(this.observation, explore), "looking");
      if (this.looked === settings.lookAround) this.settle();
    }
    let loss = 0;
    let steps = 0;
    let [ended, earned] = [0, 0];
    for (let n = 0; n < decisions && !this.done; n++) {
      const { observation } = this;
      const random = explore.next() < this.exploration();
      const action = random
        ? anyAllowed(observation, explore)
        : this.heads[observation.head]!.best(observation);
      const before = this.episodeReward;
      const { reward, terminated, truncated } = this.play(action, "learning");
      if (terminated || truncated) {
        ended++;
        earned += before + reward;
      }
      if (++this.learned % settings.every === 0 && this.memory.size >= settings.minibatch) {
        loss += this.descend();
        steps++;
      }
    }
    return {
      decisions: this.learned,
      loss: steps > 0 ? loss / steps : Number.NaN,
      exploration: this.exploration(),
      episodeReward: ended > 0 ? earned / ended : Number.NaN,
    };
  }

  /** The policy as it stands, without exploration: copies. */
  trained(): TrainedHead[] {
    return this.heads.map((head) => head.trained());
  }

  /** What a value of 1 is in units of the rewards. */
  get unit(): number {
    return this.scale.unit;
  }

  /** Q of every candidate of an observation, in units of the rewards; -Infinity where masked. */
  q(observation: Observation): number[] {
    return this.distributions(observation).map((worth) => meanOf(worth, 0, worth.length));
  }

  /**
   * Of every candidate of an observation the quantiles of what comes, in units of the rewards, by the fractions of
   * `QuantileSettings`; Q alone where no distribution is learned; -Infinity where masked.
   */
  distributions(observation: Observation): Float32Array[] {
    const head = this.heads[observation.head]!;
    const { outputs } = head;
    const worth = head.worth(observation).map((value) => value * this.unit);
    return Array.from({ length: observation.count }, (_, i) =>
      worth.subarray(i * outputs, (i + 1) * outputs),
    );
  }

  /** All that `load` needs to go on bit for bit; between calls of `advance`. */
  save(): DqnState {
    const numbers = new ObservationNumbers();
    const saved = {
      memory: this.memory.save(numbers),
      recent: this.recent.save(numbers),
      observation: numbers.of(this.observation),
    };
    return {
      format: "switchyard.dqn/1",
      backend: this.backend.name,
      settings: this.settings,
      decisions: this.learned,
      looked: this.looked,
      gradientSteps: this.gradientSteps,
      episodeReward: this.episodeReward,
      exploration: this.explore.state(),
      drawing: this.drawing.state(),
      rewards: this.scale.save(),
      episodes: this.episodes.save(),
      heads: this.heads.map((head) => head.save()),
      observations: numbers.save(),
      ...saved,
    };
  }

  load(state: DqnState): void {
    loadHeads(this.heads, state.heads);
    this.learned = state.decisions;
    this.looked = state.looked;
    this.gradientSteps = state.gradientSteps;
    this.episodeReward = state.episodeReward;
    this.explore.restore(state.exploration);
    this.drawing.restore(state.drawing);
    this.scale.load(state.rewards);
    this.episodes.load(state.episodes);
    const observations = savedObservations(state.observations, this.episodes.environment.spaces);
    this.memory.load(state.memory, observations);
    this.recent.load(state.recent, observations);
    this.observation = observations[state.observation]!;
  }

  dispose(): void {
    for (const head of this.heads) head.dispose();
  }

  private exploration(): number {
    const { exploration, decisions } = this.settings;
    const { first, last, share } = exploration;
    return first + (last - first) * Math.min(1, this.learned / (share * decisions));
  }

  private keep(observation: Observation): Observation {
    return kept(observation, this.episodes.environment.spaces[observation.head]!);
  }

  private play(action: number, purpose: "looking" | "learning"): Step {
    const { episodes, settings, scale, observation: from } = this;
    const step = episodes.step(action);
    const { reward, elapsed, terminated, truncated } = step;
    this.episodeReward += reward;
    const next = terminated ? from : this.keep(step.observation);
    if (purpose === "looking") {
      this.heads[from.head]!.scales.look(from);
      scale.look(step);
    } else {
      const discount = Math.exp(-elapsed / settings.horizon);
      this.recent.add({ observation: from, action, reward: scale.of(reward, elapsed), discount });
      this.recent.flush({ terminated, truncated, next }, (transition) => this.memory.add(transition));
    }
    this.observation = next;
    if (terminated || truncated) {
      this.episodeReward = 0;
      this.observation = this.keep(episodes.begin());
    }
    return step;
  }

  /** Scales are fixed at what was seen when looking around. */
  private settle(): void {
    this.scale.settle();
    for (const head of this.heads) head.scales.fix();
  }

  /** One step of gradient descent on a minibatch. @returns its mean loss */
  private descend(): number {
    const { heads, memory, places, settings, drawing } = this;
    const { minibatch, prioritised, double, learningRate, finalLearningRate, maxGradientNorm } = settings;
    memory.draw(drawing, places);
    const progress = this.learned / settings.decisions;
    const batch = Array.from(places, (place) => memory.at(place));
    const targets = batch.map(({ reward }) => new Float64Array(heads[0]!.outputs).fill(reward));
    const next = batch.map(({ next }) => next);
    for (const [h, head] of heads.entries()) {
      const members = next.flatMap(({ head: of }, b) => (of === h && batch[b]!.discount > 0 ? [b] : []));
      if (members.length === 0) continue;
      // eq. 3 of van Hasselt et al.: r + gamma Q'(s', argmax Q(s', .)), Q' the past self; of quantiles each one.
      const worth = head.bestWorth(
        members.map((b) => next[b]!),
        double,
      );
      members.forEach((b, m) => {
        for (let k = 0; k < head.outputs; k++) {
          targets[b]![k]! += batch[b]!.discount * worth[m * head.outputs + k]!;
        }
      });
    }

    // Importance weights, over the largest (Schaul et al., section 3.4).
    const weights = new Float64Array(minibatch).fill(1);
    if (prioritised !== null) {
      const beta = prioritised.beta + (1 - prioritised.beta) * Math.min(1, progress);
      for (let b = 0; b < minibatch; b++)
        weights[b] = (memory.size * memory.probability(places[b]!)) ** -beta;
      const most = Math.max(...weights);
      for (let b = 0; b < minibatch; b++) weights[b]! /= most;
    }

    let loss = 0;
    for (const [h, head] of heads.entries()) {
      const members = batch.flatMap(({ observation }, b) => (observation.head === h ? [b] : []));
      if (members.length === 0) continue;
      const surprises = head.learn(
        members.map((b) => batch[b]!),
        members.map((b) => targets[b]!),
        members.map((b) => weights[b]! / minibatch),
        learningRate + (finalLearningRate - learningRate) * Math.min(1, progress),
        maxGradientNorm,
      );
      members.forEach((b, k) => {
        const { size, loss: own } = surprises[k]!;
        loss += own / minibatch;
        if (prioritised !== null) memory.prioritise(places[b]!, (size + LEAST_PRIORITY) ** prioritised.alpha);
      });
    }
    if (++this.gradientSteps % settings.targetEvery === 0) for (const head of heads) head.remember();
    return loss;
  }
}

/** So that nothing is never drawn again. */
const LEAST_PRIORITY = 1e-3;
