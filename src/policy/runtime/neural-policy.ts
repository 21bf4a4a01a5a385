import { FailureError } from "../../kit/errors.js";
import type { DecisionView } from "../../model/decision-view.js";
import { encode } from "../../model/features.js";
import type { DecisionKind } from "../../model/scenario.js";
import type { Policy } from "../policy.js";
import { createRuntime, type NetworkRuntime, type NetworkSpec } from "./network/index.js";
import { type Normalisation, Normaliser } from "./normalisation.js";

/** What decides one kind of decision: a network and the scales of what it sees. */
export interface Head {
  readonly kind: DecisionKind;
  readonly network: NetworkSpec;
  readonly parameters: Float32Array;
  readonly normalisation: Normalisation;
}

/** Who runs a head's network: kernels of the candidate scorer, or a network of another architecture. */
export type Kernel = "simd" | "plain" | ((spec: NetworkSpec) => NetworkRuntime);

/**
 * A learned policy: encodes the view, normalises, scores the candidates and takes the best; of equals the first. This is
 * the code that training evaluates and that a package runs: what you train is what you ship.
 */
export function neuralPolicy(name: string, heads: readonly Head[], kernel?: Kernel): Policy {
  const scorers = new Map(heads.map((head) => [head.kind, new Scorer(head, kernel)]));
  return {
    name,
    kinds: heads.map((head) => head.kind),
    reset() {},
    decide(view) {
      const scorer = scorers.get(view.kind);
      if (scorer === undefined) {
        throw new FailureError("NO_HEAD", {
          what: `policy ${name} was asked for a ${view.kind} decision, which it was not trained for`,
          mend: `it makes: ${[...scorers.keys()].join(", ")}`,
        });
      }
      return scorer.best(view);
    },
    scores(view, scores) {
      scorers.get(view.kind)!.logitsOf(view, scores);
      return "logit";
    },
  };
}

class Scorer {
  private readonly runtime: NetworkRuntime;
  private readonly context: Float32Array;
  private readonly contextScale: Normaliser;
  private readonly candidateScale: Normaliser;
  private readonly width: number;
  private candidates = new Float32Array(0);
  private mask = new Uint8Array(0);
  private logits = new Float32Array(0);

  constructor({ network, parameters, normalisation }: Head, kernel: Kernel | undefined) {
    this.runtime = typeof kernel === "function" ? kernel(network) : createRuntime(network, kernel);
    this.runtime.setParameters(parameters);
    this.context = new Float32Array(network.context);
    this.width = network.candidate;
    this.contextScale = new Normaliser(normalisation.context, normalisation.clip);
    this.candidateScale = new Normaliser(normalisation.candidate, normalisation.clip);
  }

  best(view: DecisionView): number {
    const { count } = view;
    if (count > this.mask.length) this.grow(count * 2);
    const { context, candidates, mask, logits } = this;
    encode(view, context, 0, candidates, 0, mask, 0);
    this.contextScale.apply(context, 0, 1);
    this.candidateScale.apply(candidates, 0, count);
    this.runtime.score(context, candidates, mask, count, logits);
    let best = -1;
    for (let i = 0; i < count; i++) {
      if (mask[i] === 1 && (best < 0 || logits[i]! > logits[best]!)) best = i;
    }
    return best;
  }

  /** NaN for what is not allowed. */
  logitsOf(view: DecisionView, scores: Float64Array): void {
    this.best(view);
    for (let i = 0; i < view.count; i++) scores[i] = this.mask[i] === 1 ? this.logits[i]! : Number.NaN;
  }

  private grow(count: number): void {
    this.candidates = new Float32Array(count * this.width);
    this.mask = new Uint8Array(count);
    this.logits = new Float32Array(count);
  }
}
