import { type Normalisation, Normaliser } from "../policy/runtime/normalisation.js";
import type { DecisionStore } from "./decision-store.js";
import type { Observation, Space } from "./environment.js";
import { RunningMoments } from "./running-moments.js";

/** Moments of the features that a head has seen, as plain data. */
export interface SeenMoments {
  readonly context: ReturnType<RunningMoments["save"]>;
  readonly candidate: ReturnType<RunningMoments["save"]>;
}

/** What a head has seen of its features, and the scales that were last fixed at it. */
export class FeatureScales {
  readonly seenContext: RunningMoments;
  readonly seenCandidate: RunningMoments;
  context!: Normaliser;
  candidate!: Normaliser;
  /** The scales as plain data. */
  normalisation!: Normalisation;

  /** @param clip normalised features are kept within [-clip, clip] */
  constructor(
    space: Space,
    private readonly clip: number,
  ) {
    this.seenContext = new RunningMoments(space.context);
    this.seenCandidate = new RunningMoments(space.candidate);
    this.fix();
  }

  /** Takes in an observation, and of its candidates those that are allowed. */
  look({ context, candidates, count, mask }: Observation): void {
    const { seenContext, seenCandidate } = this;
    seenContext.add(context, 0, 1);
    for (let i = 0; i < count; i++) {
      if (mask[i] === 1) seenCandidate.add(candidates, i * seenCandidate.width, 1);
    }
  }

  /** Fixes the scales at what was seen so far. */
  fix(): void {
    this.use({ context: this.seenContext.moments(), candidate: this.seenCandidate.moments() });
  }

  /** Fixes the scales at given moments; the bound stays. */
  use({ context, candidate }: Omit<Normalisation, "clip">): void {
    const { clip } = this;
    this.normalisation = { context, candidate, clip };
    this.context = new Normaliser(context, clip);
    this.candidate = new Normaliser(candidate, clip);
  }

  /** Brings all decisions of a batch to scale, in place. */
  apply({ contexts, candidates, size, rows }: DecisionStore): void {
    this.context.apply(contexts, 0, size);
    this.candidate.apply(candidates, 0, rows);
  }

  save(): SeenMoments {
    return { context: this.seenContext.save(), candidate: this.seenCandidate.save() };
  }

  load({ context, candidate }: SeenMoments): void {
    this.seenContext.load(context);
    this.seenCandidate.load(candidate);
  }
}
