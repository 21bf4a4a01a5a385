import { fromBase64, toBase64 } from "../kit/base64-floats.js";
import type { SequentialStream } from "../kit/sequential-stream.js";
import type { NetworkSpec } from "../policy/runtime/network/index.js";
import type { Normalisation } from "../policy/runtime/normalisation.js";
import type { GradientBackend, OptimizerState } from "./backend/index.js";
import { DecisionStore } from "./decision-store.js";
import type { Space } from "./environment.js";
import { FeatureScales, type SeenMoments } from "./feature-scales.js";
import { type FreshNetwork, freshNetwork, type NetworkSettings } from "./fresh-network.js";
import { PpoScratch, type PpoSettings, type PpoStatistics, ppoUpdate } from "./ppo.js";
import type { Actor } from "./rollout.js";

/** What a head is made by. */
export interface HeadSettings extends NetworkSettings {
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
export interface Beginning extends SeenMoments {
  readonly parameters: Float32Array;
}

/** All of a head's state as plain JSON. */
export interface HeadState extends SeenMoments {
  readonly parameters: string;
  readonly optimizer: { readonly step: number; readonly m: string; readonly v: string };
  /** The scales of the last rollout, under which the parameters were learned. */
  readonly normalisation: Normalisation;
}

/** One head: its network in training, its twin that acts, and the scales of what it sees. */
export class LearningHead {
  private readonly network: FreshNetwork["network"];
  private readonly trainable: FreshNetwork["trainable"];
  private readonly runtime: FreshNetwork["runtime"];
  private readonly scratch: PpoScratch;
  private readonly scales: FeatureScales;

  constructor(
    private readonly space: Space,
    settings: HeadSettings,
    backend: GradientBackend,
  ) {
    const { network, trainable, runtime } = freshNetwork(space, settings, backend);
    this.network = network;
    this.trainable = trainable;
    this.runtime = runtime;
    this.scratch = new PpoScratch(new DecisionStore(space));
    this.scales = new FeatureScales(space, settings.clip);
  }

  /** Fixes the scales at what was seen so far: they must not move under a rollout or its updates. */
  fix(): void {
    this.scales.fix();
  }

  begin({ parameters, ...seen }: Beginning): void {
    this.setWeights({ parameters, optimizer: this.trainable.optimizer() });
    this.scales.load(seen);
    this.scales.fix();
  }

  actor(): Actor {
    const { context, candidate, seenContext, seenCandidate } = this.scales;
    return { runtime: this.runtime, context, candidate, seenContext, seenCandidate };
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
      normalisation: this.scales.normalisation,
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
      normalisation: this.scales.normalisation,
      ...this.scales.save(),
    };
  }

  load({ parameters, optimizer, normalisation, ...seen }: HeadState): void {
    this.setWeights({
      parameters: fromBase64(parameters),
      optimizer: { step: optimizer.step, m: fromBase64(optimizer.m), v: fromBase64(optimizer.v) },
    });
    this.scales.load(seen);
    // JSON has no infinity: the bound is the settings'.
    this.scales.use(normalisation);
  }

  dispose(): void {
    this.trainable.dispose();
  }
}
