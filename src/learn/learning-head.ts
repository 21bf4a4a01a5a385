import type { SequentialStream } from "../kit/sequential-stream.js";
import type { Decisions } from "./decision-store.js";
import type { SeenMoments } from "./feature-scales.js";
import { NetworkHead, type Weights } from "./network-head.js";
import { type PpoSettings, type PpoStatistics, ppoUpdate } from "./ppo.js";
import type { Actor } from "./rollout.js";

/** Where a head begins, in place of random weights: as `imitate` gives it. */
export interface Beginning extends SeenMoments {
  readonly parameters: Float32Array;
}

/** A head of a policy gradient method: its network's twin acts. */
export class LearningHead extends NetworkHead {
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
    store: Decisions,
    normalised: Float64Array,
    returns: Float64Array,
    learningRate: number,
    settings: PpoSettings,
    shuffle: SequentialStream,
    before?: Float64Array,
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
      this.together?.crew,
      before,
    );
    this.runtime.setParameters(trainable.parameters());
    return statistics;
  }

  override setWeights(weights: Weights): void {
    super.setWeights(weights);
    this.runtime.setParameters(weights.parameters);
  }
}
