import { type Complaint, InputErrors } from "../../../kit/errors.js";

/**
 * Which network decides.
 *
 * `candidate-scorer`: score_i = actor([c, mean, max, f_i]) and value = critic([c, mean, max]), where c is the
 * context of a decision, f_i the features of candidate i, and mean and max are taken, feature by feature, over the
 * allowed candidates. Actor and critic are separate MLPs of the same hidden sizes with one linear output. Scores do
 * not depend on the order of candidates, nor on the masked ones, and any number of candidates will do.
 *
 * `flat`: scores = actor([c, f_1 .. f_N]) and value = critic([c, f_1 .. f_N]), two MLPs as well, the actor with N linear
 * outputs: the usual network for N actions. It costs an Nth of a scorer, and can treat each candidate as its own; but it knows
 * N candidates in one order, and no others. Features of masked or missing candidates count as 0.
 */
export interface NetworkSpec {
  readonly kind: "candidate-scorer" | "flat";
  /** Width of the context vector, C. May be 0. */
  readonly context: number;
  /** Width of a candidate's feature vector, F. */
  readonly candidate: number;
  /** Widths of the hidden layers, at least one. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
  /**
   * Outputs of a score, and of the value: K numbers in place of one, as when a distribution is learned. 1 where it is not
   * given, as in every network that ships.
   */
  readonly outputs?: number;
  /** Of a flat network: the candidates that it knows, N. A decision may have fewer: the last ones are then missing. */
  readonly candidates?: number;
}

export type Activation = "tanh" | "relu";

export const ACTIVATIONS: readonly Activation[] = ["tanh", "relu"];

/** What a network may be at most: bounds what a package can make the runtime allocate. */
export const networkLimits = {
  inputs: 4096,
  layers: 8,
  width: 4096,
  outputs: 1024,
  parameters: 2 ** 26,
} as const;

/** The network of a decision layer where nothing else was asked for. */
export function defaultNetwork(context: number, candidate: number): NetworkSpec {
  return { kind: "candidate-scorer", context, candidate, hidden: [64, 64], activation: "tanh" };
}

/** Numbers in a score and in a value, K. */
export function outputsOf({ outputs = 1 }: NetworkSpec): number {
  return outputs;
}

/** Width of what the critic sees: [c, mean, max], or of a flat network [c, f_1 .. f_N]. */
export function sharedWidth({ kind, context, candidate, candidates = 0 }: NetworkSpec): number {
  return context + (kind === "flat" ? candidates : 2) * candidate;
}

/** Width of what the actor sees: with a candidate's features, where it scores one by one. */
export function actorWidth(spec: NetworkSpec): number {
  return sharedWidth(spec) + (spec.kind === "flat" ? 0 : spec.candidate);
}

/** Outputs of the actor's last layer. */
export function actorOutputs(spec: NetworkSpec): number {
  return spec.kind === "flat" ? spec.candidates! : outputsOf(spec);
}

/**
 * Holds a spec, which may come from a file, to its limits.
 * @throws {InputErrors} NETWORK_SPEC, all complaints at once
 */
export function checkNetworkSpec(spec: NetworkSpec): void {
  const complaints: Complaint[] = [];
  const whole = (where: string, value: unknown, least: number, most: number): void => {
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return;
    complaints.push({
      what: `expected a whole number from ${least} to ${most}, got ${String(value)}`,
      where,
    });
  };
  if (spec.kind === "flat") {
    whole("candidates", spec.candidates, 2, networkLimits.outputs);
    whole("outputs", outputsOf(spec), 1, 1);
  } else if (spec.kind !== "candidate-scorer") {
    complaints.push({
      what: `the kind of network is "candidate-scorer" or "flat", got "${String(spec.kind)}"`,
      where: "kind",
    });
  }
  whole("context", spec.context, 0, networkLimits.inputs);
  whole("candidate", spec.candidate, 1, networkLimits.inputs);
  whole("outputs", outputsOf(spec), 1, networkLimits.outputs);
  if (!Array.isArray(spec.hidden) || spec.hidden.length < 1 || spec.hidden.length > networkLimits.layers) {
    complaints.push({ what: `expected 1 to ${networkLimits.layers} hidden layers`, where: "hidden" });
  } else {
    spec.hidden.forEach((width, i) => {
      whole(`hidden[${i}]`, width, 1, networkLimits.width);
    });
  }
  if (!ACTIVATIONS.includes(spec.activation)) {
    complaints.push({
      what: `no activation is called "${spec.activation}"`,
      where: "activation",
      mend: `activations: ${ACTIVATIONS.join(", ")}`,
    });
  }
  if (complaints.length === 0 && sharedWidth(spec) > 3 * networkLimits.inputs) {
    complaints.push({
      what: `the network sees ${sharedWidth(spec)} numbers, the limit is ${3 * networkLimits.inputs}`,
      where: "candidates",
    });
  }
  if (complaints.length > 0) throw new InputErrors("NETWORK_SPEC", complaints);
}
