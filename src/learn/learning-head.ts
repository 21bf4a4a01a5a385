import { fromBase64, toBase64 } from "../kit/base64-floats.js";
import { SequentialStream } from "../kit/sequential-stream.js";
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
import type { Space } from "./environment.js";
import { PpoScratch, type PpoSettings, type PpoStatistics, ppoUpdate } from "./ppo.js";
import type { Actor } from "./rollout.js";
import { RunningMoments } from "./running-moments.js";

/** What a head is made by. */
export interface HeadSettings {
  readonly seed: number;
  readonly hidden: readonly number[];
  readonly activation: Activation;
  /** Normalised features are kept within [-clip, clip]. */
  readonly clip: number;
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

/** All of a head's state as plain JSON. */
export interface HeadState {
  readonly parameters: string;
  readonly optimizer: { readonly step: number; readonly m: string; readonly v: string };
  /** The scales of the last rollout, under which the parameters were learned. */
  readonly normalisation: Normalisation;
  readonly context: { count: number; mean: number[]; m2: number[] };
  readonly candidate: { count: number; mean: number[]; m2: number[] };
}

/** One head: its network in training, its twin that acts, and the scales of what it sees. */
export class LearningHead {
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
    { seed, hidden, activation, clip }: HeadSettings,
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

  actor(): Actor {
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

  save(): HeadState {
    const { parameters, optimizer } = this.weights();
    return {
      parameters: toBase64(parameters),
      optimizer: { step: optimizer.step, m: toBase64(optimizer.m), v: toBase64(optimizer.v) },
      normalisation: this.normalisation,
      context: this.context.save(),
      candidate: this.candidate.save(),
    };
  }

  load({ parameters, optimizer, normalisation, context, candidate }: HeadState): void {
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
