import { assert } from "../kit/assert.js";
import { fromBase64, toBase64 } from "../kit/base64-floats.js";
import { FailureError } from "../kit/errors.js";
import { type SequentialState, SequentialStream } from "../kit/sequential-stream.js";
import {
  type Activation,
  createRuntime,
  initialParameters,
  type NetworkRuntime,
  type NetworkSpec,
} from "../policy/runtime/network/index.js";
import { type Normalisation, Normaliser } from "../policy/runtime/normalisation.js";
import { adamDefaults, type GradientBackend, type OptimizerState, type Trainable } from "./backend/index.js";
import { DecisionStore } from "./decision-store.js";
import type { Environment, Space } from "./environment.js";
import { advantages } from "./gae.js";
import { PpoScratch, type PpoSettings, type PpoStatistics, ppoUpdate } from "./ppo.js";
import { type EpisodeState, Rollout } from "./rollout.js";
import { RunningMoments } from "./running-moments.js";

export interface TrainerSettings {
  /** Determines weights, exploration, shuffles and episodes. */
  readonly seed: number;
  /** Decisions to learn from in all; the learning rate falls to `finalLearningRate` on the way. */
  readonly decisions: number;
  readonly environments: number;
  /** Steps of each environment between updates. */
  readonly rollout: number;
  /**
   * The horizon: seconds after which a cost weighs 1 / e of what it weighs now. Continuous discounting, so that it does
   * not depend on how often decisions come.
   */
  readonly horizon: number;
  readonly lambda: number;
  readonly learningRate: number;
  readonly finalLearningRate: number;
  readonly hidden: readonly number[];
  readonly activation: Activation;
  /** Normalised features and rewards are kept within [-clip, clip]. */
  readonly clip: number;
  /**
   * Iterations at the start in which the value heads alone learn: after `begin`, so that values that know nothing do not
   * spoil what the policy was taught. 0 by default.
   */
  readonly valueIterations?: number;
  readonly ppo: PpoSettings;
}

export const trainerDefaults = {
  environments: 16,
  rollout: 256,
  lambda: 0.95,
  learningRate: 1e-3,
  finalLearningRate: 1e-5,
  hidden: [64, 64],
  activation: "tanh",
  clip: 10,
  ppo: {
    epochs: 4,
    minibatch: 512,
    clip: 0.2,
    valueWeight: 0.5,
    entropyWeight: 0.003,
    maxGradientNorm: 0.5,
    targetKl: 0.03,
  },
} as const satisfies Partial<TrainerSettings>;

/** What one iteration (a rollout and its updates) saw. */
export interface Iteration {
  readonly iteration: number;
  /** Decisions learned from so far. */
  readonly decisions: number;
  /** Mean reward per second in the rollout: minus the cost rate. */
  readonly rewardRate: number;
  /** Share of the returns' variance that the value heads explain. */
  readonly explainedVariance: number;
  readonly learningRate: number;
  /** By head. */
  readonly heads: readonly PpoStatistics[];
}

/** A head as it stands: what a policy package is made from. */
export interface TrainedHead {
  readonly space: Space;
  readonly network: NetworkSpec;
  readonly parameters: Float32Array;
  readonly normalisation: Normalisation;
}

/** Where a head begins, in place of random weights: as `imitate` gives it. */
export interface Beginning {
  readonly parameters: Float32Array;
  /** Moments of the features that it was taught on: `RunningMoments.save`. */
  readonly context: { readonly count: number; readonly mean: number[]; readonly m2: number[] };
  readonly candidate: { readonly count: number; readonly mean: number[]; readonly m2: number[] };
}

/** All of a trainer's state as plain JSON: `load` continues bit for bit. */
export interface TrainerState {
  readonly format: "switchyard.trainer/1";
  readonly backend: string;
  readonly settings: TrainerSettings;
  readonly decisions: number;
  readonly iterations: number;
  readonly rewardRate: number | null;
  readonly returns: { readonly count: number; readonly mean: number[]; readonly m2: number[] };
  readonly running: readonly number[];
  readonly shuffle: SequentialState;
  readonly episodes: readonly EpisodeState[];
  readonly heads: readonly {
    readonly parameters: string;
    readonly optimizer: { readonly step: number; readonly m: string; readonly v: string };
    /** The scales of the last rollout, under which the parameters were learned. */
    readonly normalisation: Normalisation;
    readonly context: { count: number; mean: number[]; m2: number[] };
    readonly candidate: { count: number; mean: number[]; m2: number[] };
  }[];
}

/**
 * Trains a policy by PPO on environments in step. Call `iterate` until `done`; `heads` gives the policy as it stands,
 * `save` and `load` its whole state. No clock, no I/O: whoever drives it reports and stores.
 */
export class Trainer {
  private readonly heads: readonly LearningHead[];
  private readonly rollout: Rollout;
  private readonly shuffle: SequentialStream;
  private readonly returnMoments = new RunningMoments(1);
  private readonly running: Float64Array;
  private readonly continuing: boolean;
  private rewardRate: number | null = null;
  private iterations = 0;
  private learned = 0;

  constructor(
    make: () => Environment,
    readonly settings: TrainerSettings,
    private readonly backend: GradientBackend,
  ) {
    const { seed, environments } = settings;
    const worlds = Array.from({ length: environments }, make);
    const { spaces, continuing } = worlds[0]!;
    this.continuing = continuing;
    this.heads = spaces.map((space) => new LearningHead(space, settings, backend));
    this.shuffle = new SequentialStream(`shuffle/${seed}`);
    this.running = new Float64Array(environments);
    this.rollout = new Rollout(worlds, settings.rollout, seed, (environment, episode) =>
      trainingSeed(seed, environment, episode),
    );
  }

  get done(): boolean {
    return this.learned >= this.settings.decisions;
  }

  /** Decisions learned from so far. */
  get decisions(): number {
    return this.learned;
  }

  /**
   * One rollout and its updates. The first rollout of all only looks: it sets the scales of features and rewards.
   * @throws {FailureError} DIVERGED when gradients are no longer numbers; the weights are then those before the update
   */
  iterate(): Iteration {
    const { rollout, heads, settings } = this;
    if (this.iterations === 0) this.collect();
    this.collect();
    const { returns, normalised, explainedVariance, rate } = this.estimate();
    const progress = Math.min(1, this.learned / settings.decisions);
    const learningRate =
      settings.learningRate + (settings.finalLearningRate - settings.learningRate) * progress;
    const valuesAlone = this.iterations < (settings.valueIterations ?? 0);
    if (valuesAlone) normalised.fill(0);
    const ppo = valuesAlone ? { ...settings.ppo, entropyWeight: 0 } : settings.ppo;
    const before = heads.map((head) => head.weights());
    let statistics: readonly PpoStatistics[];
    try {
      statistics = heads.map((head, h) =>
        head.update(rollout.stores[h]!, normalised, returns, learningRate, ppo, this.shuffle),
      );
    } catch (error) {
      if (!(error instanceof FailureError) || error.code !== "GRADIENT_NOT_FINITE") throw error;
      heads.forEach((head, h) => {
        head.setWeights(before[h]!);
      });
      throw new FailureError(
        "DIVERGED",
        {
          what: `training has diverged: ${error.what}`,
          where: `iteration ${this.iterations + 1}, after ${this.learned} decisions`,
          mend: "lower the learning rate, or shorten the horizon",
        },
        { cause: error },
      );
    }
    this.learned += rollout.steps;
    this.iterations++;
    return {
      iteration: this.iterations,
      decisions: this.learned,
      rewardRate: rate,
      explainedVariance,
      learningRate,
      heads: statistics,
    };
  }

  /** Begins from what was taught, before the first iteration; networks and spaces must be the same. */
  begin(heads: readonly Beginning[]): void {
    assert(this.iterations === 0, "a trainer begins once, before it has learned anything");
    assert(heads.length === this.heads.length, "a beginning for every head");
    heads.forEach((beginning, h) => {
      this.heads[h]!.begin(beginning);
    });
  }

  /** The policy as it stands: copies. */
  trained(): TrainedHead[] {
    return this.heads.map((head) => head.trained());
  }

  save(): TrainerState {
    return {
      format: "switchyard.trainer/1",
      backend: this.backend.name,
      settings: this.settings,
      decisions: this.learned,
      iterations: this.iterations,
      rewardRate: this.rewardRate,
      returns: this.returnMoments.save(),
      running: [...this.running],
      shuffle: this.shuffle.state(),
      episodes: this.rollout.save(),
      heads: this.heads.map((head) => head.save()),
    };
  }

  load(state: TrainerState): void {
    assert(state.heads.length === this.heads.length, "a checkpoint of another scenario: its heads differ");
    assert(state.episodes.length === this.settings.environments, "a checkpoint with other environments");
    this.learned = state.decisions;
    this.iterations = state.iterations;
    this.rewardRate = state.rewardRate;
    this.returnMoments.load(state.returns);
    this.running.set(state.running);
    this.shuffle.restore(state.shuffle);
    this.rollout.load(state.episodes);
    state.heads.forEach((saved, h) => {
      this.heads[h]!.load(saved);
    });
  }

  dispose(): void {
    for (const head of this.heads) head.dispose();
  }

  private collect(): void {
    for (const head of this.heads) head.fix();
    this.rollout.collect(this.heads.map((head) => head.actor()));
    this.scaleRewards();
  }

  /**
   * Rewards to units of about 1: centred on their running rate where the task goes on for ever (the differential
   * reward of average-cost problems), over the deviation of their discounted sums.
   */
  private scaleRewards(): void {
    const { rollout, settings, running, returnMoments } = this;
    const { rewards, elapsed, terminated, truncated, length } = rollout;
    let reward = 0;
    let seconds = 0;
    for (let i = 0; i < rewards.length; i++) {
      reward += rewards[i]!;
      seconds += elapsed[i]!;
    }
    const rate = seconds > 0 ? reward / seconds : 0;
    this.rewardRate =
      this.rewardRate === null ? rate : this.rewardRate + RATE_STEP * (rate - this.rewardRate);
    const centre = this.continuing ? this.rewardRate : 0;
    const sum = new Float64Array(1);
    for (let e = 0; e < running.length; e++) {
      for (let t = 0; t < length; t++) {
        const i = e * length + t;
        rewards[i]! -= centre * elapsed[i]!;
        running[e] = running[e]! * Math.exp(-elapsed[i]! / settings.horizon) + rewards[i]!;
        sum[0] = running[e]!;
        returnMoments.add(sum, 0, 1);
        if (terminated[i] || truncated[i]) running[e] = 0;
      }
    }
    const deviation = Math.sqrt(returnMoments.m2[0]! / returnMoments.count) || 1;
    const { clip } = settings;
    for (let i = 0; i < rewards.length; i++) {
      rewards[i] = Math.min(clip, Math.max(-clip, rewards[i]! / deviation));
    }
    this.lastRate = rate;
  }

  private lastRate = 0;

  private estimate() {
    const { rollout, settings } = this;
    const { length, values } = rollout;
    const discounts = rollout.elapsed.map((seconds) => Math.exp(-seconds / settings.horizon));
    const estimated = new Float64Array(rollout.steps);
    for (let from = 0; from < rollout.steps; from += length) {
      const slice = <T extends Float64Array | Uint8Array>(column: T): T =>
        column.subarray(from, from + length) as T;
      advantages(
        {
          rewards: slice(rollout.rewards),
          discounts: slice(discounts),
          values: slice(values),
          nextValues: slice(rollout.nextValues),
          terminated: slice(rollout.terminated),
          truncated: slice(rollout.truncated),
        },
        settings.lambda,
        slice(estimated),
      );
    }
    const returns = estimated.map((advantage, i) => advantage + values[i]!);
    const explainedVariance = 1 - variance(estimated) / Math.max(variance(returns), 1e-12);
    const mean = estimated.reduce((sum, a) => sum + a, 0) / estimated.length;
    const deviation = Math.sqrt(variance(estimated)) + 1e-8;
    const normalised = estimated.map((advantage) => (advantage - mean) / deviation);
    return { returns, normalised, explainedVariance, rate: this.lastRate };
  }
}

/** How fast the running reward rate follows the rollouts. */
const RATE_STEP = 0.05;

/**
 * Seeds of training episodes: all at or above 2^40, so that no benchmark, whose seeds are below, ever meets one.
 */
export function trainingSeed(seed: number, environment: number, episode: number): number {
  return (
    2 ** 40 + (((seed % 2 ** 16) + 2 ** 16) % 2 ** 16) * 2 ** 24 + environment * 2 ** 16 + (episode % 2 ** 16)
  );
}

/** Seeds that validation uses: below those of training, above those of benchmarks. */
export function validationSeeds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => 2 ** 36 + i);
}

/** Seeds from here on are kept for training and validation; a benchmark refuses them. */
export const FIRST_RESERVED_SEED = 2 ** 36;

function variance(values: Float64Array): number {
  let mean = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const delta = values[i]! - mean;
    mean += delta / (i + 1);
    squares += delta * (values[i]! - mean);
  }
  return squares / Math.max(1, values.length);
}

/** One head: its network in training, its twin that acts, and the scales of what it sees. */
class LearningHead {
  private readonly network: NetworkSpec;
  private readonly trainable: Trainable;
  private readonly runtime: NetworkRuntime;
  private readonly context: RunningMoments;
  private readonly candidate: RunningMoments;
  private readonly scratch: PpoScratch;
  private readonly clip: number;
  private scales!: { readonly context: Normaliser; readonly candidate: Normaliser };
  private normalisation!: Normalisation;

  constructor(
    private readonly space: Space,
    { seed, hidden, activation, clip }: TrainerSettings,
    backend: GradientBackend,
  ) {
    this.network = {
      kind: "candidate-scorer",
      context: space.context,
      candidate: space.candidate,
      hidden: [...hidden],
      activation,
    };
    const parameters = initialParameters(this.network, new SequentialStream(`weights/${seed}/${space.name}`));
    this.trainable = backend.create(this.network, parameters, adamDefaults);
    this.runtime = createRuntime(this.network);
    this.runtime.setParameters(parameters);
    this.context = new RunningMoments(space.context);
    this.candidate = new RunningMoments(space.candidate);
    this.scratch = new PpoScratch(new DecisionStore(space));
    this.clip = clip;
    this.fix();
  }

  /** Fixes the scales at what was seen so far: they must not move under a rollout or its updates. */
  fix(): void {
    const { context, candidate, clip } = this;
    this.scale({ context: context.moments(), candidate: candidate.moments(), clip });
  }

  private scale(normalisation: Normalisation): void {
    const { context, candidate, clip } = normalisation;
    this.normalisation = normalisation;
    this.scales = { context: new Normaliser(context, clip), candidate: new Normaliser(candidate, clip) };
  }

  begin({ parameters, context, candidate }: Beginning): void {
    this.setWeights({ parameters, optimizer: this.trainable.optimizer() });
    this.context.load(context);
    this.candidate.load(candidate);
    this.fix();
  }

  actor() {
    return {
      runtime: this.runtime,
      ...this.scales,
      seenContext: this.context,
      seenCandidate: this.candidate,
    };
  }

  update(
    store: DecisionStore,
    normalised: Float64Array,
    returns: Float64Array,
    learningRate: number,
    settings: PpoSettings,
    shuffle: SequentialStream,
  ): PpoStatistics {
    const { trainable, scratch } = this;
    const statistics = ppoUpdate(
      trainable,
      store,
      normalised,
      returns,
      learningRate,
      settings,
      shuffle,
      scratch,
    );
    this.runtime.setParameters(trainable.parameters());
    return statistics;
  }

  trained(): TrainedHead {
    return {
      space: this.space,
      network: this.network,
      parameters: this.trainable.parameters(),
      normalisation: this.normalisation,
    };
  }

  /** Parameters and the optimizer's memory: copies. */
  weights(): { readonly parameters: Float32Array; readonly optimizer: OptimizerState } {
    return { parameters: this.trainable.parameters(), optimizer: this.trainable.optimizer() };
  }

  setWeights({ parameters, optimizer }: ReturnType<LearningHead["weights"]>): void {
    this.trainable.setParameters(parameters);
    this.trainable.setOptimizer(optimizer);
    this.runtime.setParameters(parameters);
  }

  save(): TrainerState["heads"][number] {
    const { parameters, optimizer } = this.weights();
    return {
      parameters: toBase64(parameters),
      optimizer: { step: optimizer.step, m: toBase64(optimizer.m), v: toBase64(optimizer.v) },
      normalisation: this.normalisation,
      context: this.context.save(),
      candidate: this.candidate.save(),
    };
  }

  load({ parameters, optimizer, normalisation, context, candidate }: TrainerState["heads"][number]): void {
    this.setWeights({
      parameters: fromBase64(parameters),
      optimizer: { step: optimizer.step, m: fromBase64(optimizer.m), v: fromBase64(optimizer.v) },
    });
    this.context.load(context);
    this.candidate.load(candidate);
    // JSON has no infinity: the bound is the settings'.
    this.scale({ ...normalisation, clip: this.clip });
  }

  dispose(): void {
    this.trainable.dispose();
  }
}
