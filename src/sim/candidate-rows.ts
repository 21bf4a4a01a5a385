import { GrowingColumn } from "../kit/growing-column.js";
import type { DecisionView } from "../model/decision-view.js";
import { encode, type FeatureSpec, featureSpec } from "../model/features.js";
import type { DecisionKind } from "../model/scenario.js";

/**
 * What a policy saw, as rows: one for each candidate of each decision of a kind, with every feature of the context and of the
 * candidate in a column of its own, squashed by its scale as a network would get it. `allowed` is the mask.
 */
export class CandidateRows {
  /** Columns by name; those of features are named as the feature is. */
  readonly columns: Readonly<Record<string, GrowingColumn>>;
  private readonly spec: FeatureSpec;
  private readonly features: readonly GrowingColumn[];
  private readonly decision = new GrowingColumn(Int32Array);
  private readonly candidate = new GrowingColumn(Int32Array);
  private readonly allowed = new GrowingColumn(Int32Array);
  private readonly chosen = new GrowingColumn(Int32Array);
  private readonly context: Float32Array;
  private candidates = new Float32Array(0);
  private mask = new Uint8Array(0);

  constructor(kind: DecisionKind) {
    this.spec = featureSpec(kind);
    const { context, candidate } = this.spec;
    this.context = new Float32Array(context.length);
    this.features = [...context, ...candidate].map(() => new GrowingColumn(Float64Array));
    const { decision, allowed, chosen } = this;
    this.columns = {
      decision,
      candidate: this.candidate,
      allowed,
      chosen,
      ...Object.fromEntries([...context, ...candidate].map(({ name }, f) => [name, this.features[f]!])),
    };
  }

  add(view: DecisionView, chosen: number): void {
    const width = this.spec.candidate.length;
    if (this.mask.length < view.count) {
      this.candidates = new Float32Array(2 * view.count * width);
      this.mask = new Uint8Array(2 * view.count);
    }
    encode(view, this.context, 0, this.candidates, 0, this.mask, 0);
    for (let i = 0; i < view.count; i++) {
      this.decision.push(view.serial);
      this.candidate.push(i);
      this.allowed.push(this.mask[i]!);
      this.chosen.push(i === chosen ? 1 : 0);
      this.context.forEach((value, f) => {
        this.features[f]!.push(value);
      });
      for (let f = 0; f < width; f++)
        this.features[this.context.length + f]!.push(this.candidates[i * width + f]!);
    }
  }
}
