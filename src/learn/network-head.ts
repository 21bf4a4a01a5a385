import { assert } from "../kit/assert.js";
import { fromBase64, toBase64 } from "../kit/base64-floats.js";
import type { NetworkSpec } from "../policy/runtime/network/index.js";
import type { Normalisation } from "../policy/runtime/normalisation.js";
import type { GradientBackend, OptimizerState } from "./backend/index.js";
import { DecisionStore } from "./decision-store.js";
import type { Space } from "./environment.js";
import { FeatureScales, type SeenMoments } from "./feature-scales.js";
import { type FreshNetwork, freshNetwork, type NetworkSettings, type Together } from "./fresh-network.js";
import { PpoScratch } from "./ppo.js";

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

/** All of a head's state as plain JSON. */
export interface HeadState extends SeenMoments {
  readonly parameters: string;
  readonly optimizer: { readonly step: number; readonly m: string; readonly v: string };
  /** The scales last fixed, under which the parameters were learned. */
  readonly normalisation: Normalisation;
}

/** A head's parameters and its optimizer's memory. */
export interface Weights {
  readonly parameters: Float32Array;
  readonly optimizer: OptimizerState;
}

/** One head, whichever way it learns: its network in training, a twin, and the scales of what it sees. */
export abstract class NetworkHead {
  readonly scales: FeatureScales;
  protected readonly trainable: FreshNetwork["trainable"];
  /** The twin, which holds the weights that it was last given. */
  protected readonly runtime: FreshNetwork["runtime"];
  protected readonly scratch: PpoScratch;
  readonly network: NetworkSpec;

  constructor(
    readonly space: Space,
    settings: HeadSettings,
    backend: GradientBackend,
    /** Who trains it, where that is not this thread alone. */
    readonly together: Together | null = null,
  ) {
    const { network, trainable, runtime } = freshNetwork(space, settings, backend, together);
    this.network = network;
    this.trainable = trainable;
    this.runtime = runtime;
    this.scratch = new PpoScratch(new DecisionStore(space), settings.outputs);
    this.scales = new FeatureScales(space, settings.clip);
  }

  trained(): TrainedHead {
    const { space, network, trainable, scales } = this;
    return { space, network, parameters: trainable.parameters(), normalisation: scales.normalisation };
  }

  /** Copies. */
  weights(): Weights {
    return { parameters: this.trainable.parameters(), optimizer: this.trainable.optimizer() };
  }

  /** Of the network in training. */
  setWeights({ parameters, optimizer }: Weights): void {
    this.trainable.setParameters(parameters);
    this.trainable.setOptimizer(optimizer);
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

  load({ parameters, optimizer, normalisation, context, candidate }: HeadState): void {
    this.setWeights({
      parameters: fromBase64(parameters),
      optimizer: { step: optimizer.step, m: fromBase64(optimizer.m), v: fromBase64(optimizer.v) },
    });
    this.scales.load({ context, candidate });
    // JSON has no infinity: the bound is the settings'.
    this.scales.use(normalisation);
  }

  dispose(): void {
    this.trainable.dispose();
  }
}

/** Heads become what was saved of as many. */
export function loadHeads<State>(
  heads: readonly { load(state: State): void }[],
  states: readonly State[],
): void {
  assert(states.length === heads.length, "a checkpoint of another scenario: its heads differ");
  states.forEach((state, h) => {
    heads[h]!.load(state);
  });
}
