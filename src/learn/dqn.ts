import { assert } from "../kit/assert.js";
import { SequentialStream } from "../kit/sequential-stream.js";
import type { Activation, NetworkRuntime } from "../policy/runtime/network/index.js";
import type { GradientBackend } from "./backend/index.js";
import { anyAllowed } from "./contextual-bandit.js";
import { DecisionStore } from "./decision-store.js";
import { type Environment, kept, type Observation, type Space, type Step } from "./environment.js";
import { FeatureScales } from "./feature-scales.js";
import { type FreshNetwork, freshNetwork } from "./fresh-network.js";
import type { TrainedHead } from "./learning-head.js";
import { PpoScratch } from "./ppo.js";
import { ReplayMemory, type Transition } from "./replay-memory.js";
import { RunningMoments } from "./running-moments.js";
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
  /** Mean Huber loss of the gradient steps, in units of the returns' deviation. */
  readonly loss: number;
  /** Share of random decisions now. */
  readonly exploration: number;
  /** Mean undiscounted reward of the episodes that ended meanwhile; NaN where none did. */
  readonly episodeReward: number;
}

/**
 * Deep Q-learning (Mnih et al. 2015, "Human-level control through deep reinforcement learning", algorithm 1) with the parts
 * of Rainbow (Hessel et al. 2018) that a candidate scorer has room for: double, dueling, several steps, prioritised.
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
  private readonly environment: Environment;
  private observation: Observation;
  private episodes = 0;
  private episodeReward = 0;
  private looked = 0;
  private learned = 0;
  private gradientSteps = 0;
  private readonly scale: RewardScale;

  constructor(
    make: () => Environment,
    readonly settings: DqnSettings,
    backend: GradientBackend,
  ) {
    const { seed, memory, minibatch, steps, horizon } = settings;
    assert(Number.isInteger(steps) && steps >= 1, `returns are of at least one step, got ${steps}`);
    this.environment = make();
    this.heads = this.environment.spaces.map((space) => new QHead(space, settings, backend));
    this.memory = new ReplayMemory(memory);
    this.explore = new SequentialStream(`explore/${seed}`);
    this.drawing = new SequentialStream(`replay/${seed}`);
    this.places = new Int32Array(minibatch);
    this.recent = new RecentSteps(steps);
    this.scale = new RewardScale(this.environment.continuing, horizon);
    this.observation = this.begin();
  }

  get done(): boolean {
    return this.learned >= this.settings.decisions;
  }

  get decisions(): number {
    return this.learned;
  }

  /**
   * Plays and learns from so many decisions. The first call looks around before.
   * @throws {FailureError} GRADIENT_NOT_FINITE when learning has diverged
   */
  advance(decisions: number): DqnProgress {
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
    return [...this.heads[observation.head]!.q(observation)].map((value) => value * this.unit);
  }

  dispose(): void {
    for (const head of this.heads) head.dispose();
  }

  private exploration(): number {
    const { exploration, decisions } = this.settings;
    const { first, last, share } = exploration;
    return first + (last - first) * Math.min(1, this.learned / (share * decisions));
  }

  private begin(): Observation {
    this.episodeReward = 0;
    return this.environment.reset(trainingSeed(this.settings.seed, 0, this.episodes++));
  }

  private play(action: number, purpose: "looking" | "learning"): Step {
    const { environment, settings, scale } = this;
    const { spaces } = environment;
    const from = kept(this.observation, spaces[this.observation.head]!);
    const step = environment.step(action);
    const { reward, elapsed, terminated, truncated, observation } = step;
    this.episodeReward += reward;
    if (purpose === "looking") {
      this.heads[from.head]!.scales.look(from);
      scale.look(step);
    } else {
      const next = terminated ? from : kept(observation, spaces[observation.head]!);
      const discount = Math.exp(-elapsed / settings.horizon);
      this.recent.add({ observation: from, action, reward: scale.of(reward, elapsed), discount });
      this.recent.flush({ terminated, truncated, next }, (transition) => this.memory.add(transition));
    }
    this.observation = terminated || truncated ? this.begin() : observation;
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
    const targets = new Float64Array(minibatch);
    const next = batch.map(({ next }) => next);
    for (const [h, head] of heads.entries()) {
      const members = next.flatMap(({ head: of }, b) => (of === h && batch[b]!.discount > 0 ? [b] : []));
      if (members.length === 0) continue;
      // eq. 3 of van Hasselt et al.: r + gamma Q'(s', argmax Q(s', .)), Q' the past self.
      const worth = head.bestValues(
        members.map((b) => next[b]!),
        double,
      );
      members.forEach((b, k) => {
        targets[b] = batch[b]!.discount * worth[k]!;
      });
    }
    batch.forEach(({ reward }, b) => {
      targets[b]! += reward;
    });

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
      const errors = head.learn(
        members.map((b) => batch[b]!),
        members.map((b) => targets[b]!),
        members.map((b) => weights[b]! / minibatch),
        learningRate + (finalLearningRate - learningRate) * Math.min(1, progress),
        maxGradientNorm,
      );
      members.forEach((b, k) => {
        const size = Math.abs(errors[k]!);
        loss += (size <= 1 ? 0.5 * size ** 2 : size - 0.5) / minibatch;
        if (prioritised !== null) memory.prioritise(places[b]!, (size + LEAST_PRIORITY) ** prioritised.alpha);
      });
    }
    if (++this.gradientSteps % settings.targetEvery === 0) for (const head of heads) head.remember();
    return loss;
  }
}

/** So that nothing is never drawn again. */
const LEAST_PRIORITY = 1e-3;

/** One head: the network, its past self, and the scales of what it sees. */
class QHead {
  readonly scales: FeatureScales;
  private readonly network: FreshNetwork["network"];
  private readonly online: FreshNetwork["trainable"];
  private readonly past: FreshNetwork["runtime"];
  private readonly scratch: PpoScratch;
  private readonly dueling: boolean;

  constructor(
    private readonly space: Space,
    settings: DqnSettings,
    backend: GradientBackend,
  ) {
    const { network, trainable, runtime } = freshNetwork(space, settings, backend);
    this.network = network;
    this.online = trainable;
    this.past = runtime;
    this.scratch = new PpoScratch(new DecisionStore(space));
    this.scales = new FeatureScales(space, settings.clip);
    this.dueling = settings.dueling;
  }

  /** The past self becomes what the network is. */
  remember(): void {
    this.past.setParameters(this.online.parameters());
  }

  best(observation: Observation): number {
    this.forward([observation], this.online);
    return argmax(this.scratch.logits, 0, observation.count);
  }

  q(observation: Observation): Float32Array {
    this.forward([observation], this.online);
    return this.scratch.logits.slice(0, observation.count);
  }

  /** Value of the best candidate of each observation, by the past self; `double` has the network choose it. */
  bestValues(observations: readonly Observation[], double: boolean): number[] {
    const { scratch } = this;
    let batch = this.forward(observations, double ? this.online : this.past);
    const rows = observations.map((_, b) => argmax(scratch.logits, batch.offsets[b]!, batch.offsets[b + 1]!));
    if (double) batch = this.forward(observations, this.past);
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
    const { scratch, online, dueling } = this;
    const batch = this.forward(
      transitions.map(({ observation }) => observation),
      online,
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
    online.backward(dLogits, dValues);
    online.adamStep(learningRate, maxGradientNorm);
    return errors;
  }

  trained(): TrainedHead {
    const { space, network, scales } = this;
    return {
      space,
      network,
      parameters: this.online.parameters(),
      normalisation: scales.normalisation,
    };
  }

  dispose(): void {
    this.online.dispose();
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
  return best;
}

interface RecentStep {
  readonly observation: Observation;
  readonly action: number;
  readonly reward: number;
  readonly discount: number;
}

/** The last few steps of an episode, from which returns of several steps are made. */
class RecentSteps {
  private steps: RecentStep[] = [];

  constructor(private readonly most: number) {}

  add(step: RecentStep): void {
    this.steps.push(step);
  }

  /** Gives what is whole: a return of `most` steps, or at an episode's end all that are left, each to its end. */
  flush(
    { terminated, truncated, next }: { terminated: boolean; truncated: boolean; next: Observation },
    give: (transition: Transition) => void,
  ): void {
    const over = terminated || truncated;
    while (this.steps.length >= (over ? 1 : this.most)) {
      const [{ observation, action }] = this.steps as [RecentStep];
      let reward = 0;
      let discount = 1;
      for (const step of this.steps) {
        reward += discount * step.reward;
        discount *= step.discount;
      }
      // What ended has no future; what was cut has one, and `next` is where.
      give({ observation, action, reward, discount: terminated ? 0 : discount, next });
      this.steps.shift();
    }
  }
}

/**
 * Rewards to units of about 1, as what was seen when looking around says: centred on their rate where the task goes on
 * for ever, over the deviation of their discounted sums.
 */
class RewardScale {
  unit = 1;
  private centre = 0;
  private readonly seen: { reward: number; elapsed: number; over: boolean }[] = [];

  constructor(
    private readonly continuing: boolean,
    private readonly horizon: number,
  ) {}

  look({ reward, elapsed, terminated, truncated }: Step): void {
    this.seen.push({ reward, elapsed, over: terminated || truncated });
  }

  settle(): void {
    const { seen, horizon } = this;
    const total = (of: (step: (typeof seen)[number]) => number) =>
      seen.reduce((sum, step) => sum + of(step), 0);
    const seconds = total((step) => step.elapsed);
    this.centre = this.continuing && seconds > 0 ? total((step) => step.reward) / seconds : 0;
    const sums = new RunningMoments(1);
    const running = new Float64Array(1);
    for (const { reward, elapsed, over } of seen) {
      running[0] = running[0]! * Math.exp(-elapsed / horizon) + reward - this.centre * elapsed;
      sums.add(running, 0, 1);
      if (over) running[0] = 0;
    }
    this.unit = Math.sqrt(sums.m2[0]! / sums.count) || 1;
    seen.length = 0;
  }

  of(reward: number, elapsed: number): number {
    return (reward - this.centre * elapsed) / this.unit;
  }
}
