import { assert } from "../../../kit/assert.js";
import { type Batch, type Floats, type Forward, rowsOf } from "./batch.js";
import { type ParameterTensor, parameterCount, parameterTable } from "./parameters.js";
import { type Activation, type NetworkSpec, outputsOf, sharedWidth } from "./spec.js";

/** A layer y = x W + b: where W [inputs, outputs] and b [outputs] begin in the flat vector of parameters. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: number;
  readonly bias: number;
}

/** The layers of the actor or the critic, in order. */
export function layersOf(spec: NetworkSpec, mlp: "actor" | "critic"): readonly Layer[] {
  const table = parameterTable(spec);
  const find = (name: string): ParameterTensor => table.find((tensor) => tensor.name === name)!;
  return Array.from({ length: spec.hidden.length + 1 }, (_, l) => {
    const weight = find(`${mlp}.${l}.weight`);
    const bias = find(`${mlp}.${l}.bias`);
    return { inputs: weight.shape[0]!, outputs: weight.shape[1]!, weight: weight.offset, bias: bias.offset };
  });
}

/**
 * The network in plain TypeScript: the specification that the kernels are held to. `F` is Float32Array
 * where it runs, Float64Array where tests take finite differences. What a forward pass leaves in the fields is what
 * a backward pass reads (`learn/backend/plain-gradient.ts`).
 */
export class PlainNetwork<F extends Floats = Float32Array> {
  readonly actor: readonly Layer[];
  readonly critic: readonly Layer[];
  readonly parameters: F;
  /** Decisions of the last batch. */
  size = 0;
  /** Allowed candidates of the last batch, and for each its decision (in a flat network, its score) and its row in the batch. */
  rows = 0;
  owner = new Int32Array(0);
  place = new Int32Array(0);
  /** [rows, candidate]: the allowed candidates. */
  candidates: F;
  /** [size, sharedWidth]: context, mean, max; of a flat network context and candidates. */
  shared: F;
  /** [size, hidden[0]]: the part of the actor's first layer that all candidates of a decision have in common. */
  common: F;
  /** Outputs of hidden layer l: [rows, hidden[l]] of the actor, in a flat one as of the critic [size, hidden[l]]. */
  readonly actorHidden: F[];
  readonly criticHidden: F[];

  constructor(
    readonly spec: NetworkSpec,
    readonly floats: new (length: number) => F,
  ) {
    this.actor = layersOf(spec, "actor");
    this.critic = layersOf(spec, "critic");
    this.parameters = new floats(parameterCount(spec));
    this.candidates = new floats(0);
    this.shared = new floats(0);
    this.common = new floats(0);
    this.actorHidden = spec.hidden.map(() => new floats(0));
    this.criticHidden = spec.hidden.map(() => new floats(0));
  }

  setParameters(parameters: Floats): void {
    assert(parameters.length === this.parameters.length, "as many parameters as the network has");
    this.parameters.set(parameters);
  }

  forward(batch: Batch, out: Forward<Floats>): void {
    this.begin(batch, out.logits);
    this.runActor(out.logits);
    this.runCritic(out.values);
  }

  /** Gathers the allowed candidates and pools them; masked ones get their logit. */
  begin(batch: Batch, logits: Floats): void {
    this.reserve(batch.size, rowsOf(batch));
    if (this.spec.kind === "flat") this.layAlong(batch, logits);
    else this.gather(batch, logits);
  }

  /** Of a flat network: lays the candidates of a decision along its row of `shared`. */
  private layAlong(batch: Batch, logits: Floats): void {
    const { context: C, candidate: F } = this.spec;
    const S = sharedWidth(this.spec);
    const { shared, owner, place } = this;
    this.size = batch.size;
    this.rows = 0;
    shared.fill(0, 0, batch.size * S);
    for (let b = 0; b < batch.size; b++) {
      for (let j = 0; j < C; j++) shared[b * S + j] = batch.contexts[b * C + j]!;
      const first = batch.offsets[b]!;
      for (let row = first; row < batch.offsets[b + 1]!; row++) {
        if (batch.mask[row] === 0) {
          logits[row] = Number.NEGATIVE_INFINITY;
          continue;
        }
        for (let j = 0; j < F; j++)
          shared[b * S + C + (row - first) * F + j] = batch.candidates[row * F + j]!;
        // Where its score stands among those of the actor.
        owner[this.rows] = b * this.spec.candidates! + row - first;
        place[this.rows++] = row;
      }
    }
  }

  private gather(batch: Batch, logits: Floats): void {
    const { context: C, candidate: F } = this.spec;
    const S = sharedWidth(this.spec);
    const K = outputsOf(this.spec);
    const { candidates, shared, owner, place } = this;
    this.size = batch.size;
    this.rows = 0;
    for (let b = 0; b < batch.size; b++) {
      const first = this.rows;
      for (let row = batch.offsets[b]!; row < batch.offsets[b + 1]!; row++) {
        if (batch.mask[row] === 0) {
          for (let k = 0; k < K; k++) logits[row * K + k] = Number.NEGATIVE_INFINITY;
          continue;
        }
        owner[this.rows] = b;
        place[this.rows] = row;
        for (let j = 0; j < F; j++) candidates[this.rows * F + j] = batch.candidates[row * F + j]!;
        this.rows++;
      }
      const allowed = this.rows - first;
      for (let j = 0; j < C; j++) shared[b * S + j] = batch.contexts[b * C + j]!;
      for (let j = 0; j < F; j++) {
        let sum = 0;
        let top = allowed > 0 ? candidates[first * F + j]! : 0;
        for (let r = first; r < this.rows; r++) {
          const value = candidates[r * F + j]!;
          sum += value;
          if (value > top) top = value;
        }
        shared[b * S + C + j] = allowed > 0 ? sum / allowed : 0;
        shared[b * S + C + F + j] = top;
      }
    }
  }

  runActor(logits: Floats): void {
    if (this.spec.kind === "flat") {
      const scores = new this.floats(this.size * this.spec.candidates!);
      this.run(this.actor, this.actorHidden, scores);
      for (let r = 0; r < this.rows; r++) logits[this.place[r]!] = scores[this.owner[r]!]!;
    } else this.scoreEach(logits);
  }

  private scoreEach(logits: Floats): void {
    const { parameters, actor, size, rows, common, owner } = this;
    const first = actor[0]!;
    const S = sharedWidth(this.spec);
    const H = first.outputs;
    const activation = this.spec.activation;
    // The first layer in two parts: [context, mean, max] once a decision, the candidate's features once a row.
    const ofShared: Layer = { ...first, inputs: S };
    const ofCandidate: Layer = { ...first, inputs: this.spec.candidate, weight: first.weight + S * H };
    dense(parameters, ofShared, this.shared, size, common, "linear");
    let hidden = this.actorHidden[0]!;
    for (let r = 0; r < rows; r++) {
      for (let j = 0; j < H; j++) hidden[r * H + j] = common[owner[r]! * H + j]!;
    }
    dense(parameters, ofCandidate, this.candidates, rows, hidden, activation, hidden);
    for (let l = 1; l < this.spec.hidden.length; l++) {
      dense(parameters, actor[l]!, hidden, rows, this.actorHidden[l]!, activation);
      hidden = this.actorHidden[l]!;
    }
    const K = outputsOf(this.spec);
    const scores = new this.floats(rows * K);
    dense(parameters, actor.at(-1)!, hidden, rows, scores, "linear");
    for (let r = 0; r < rows; r++) {
      for (let k = 0; k < K; k++) logits[this.place[r]! * K + k] = scores[r * K + k]!;
    }
  }

  runCritic(values: Floats): void {
    this.run(this.critic, this.criticHidden, values);
  }

  /** An MLP that sees a row of `shared` a decision. */
  private run(layers: readonly Layer[], hidden: readonly F[], out: Floats): void {
    const { parameters, size, spec } = this;
    let input = this.shared;
    for (let l = 0; l < spec.hidden.length; l++) {
      dense(parameters, layers[l]!, input, size, hidden[l]!, spec.activation);
      input = hidden[l]!;
    }
    dense(parameters, layers.at(-1)!, input, size, out, "linear");
  }

  private reserve(size: number, rows: number): void {
    if (
      this.shared.length < size * sharedWidth(this.spec) ||
      this.common.length < size * this.spec.hidden[0]!
    ) {
      this.shared = new this.floats(size * sharedWidth(this.spec));
      this.common = new this.floats(size * this.spec.hidden[0]!);
      this.spec.hidden.forEach((width, l) => {
        this.criticHidden[l] = new this.floats(size * width);
      });
    }
    // A flat network's actor has a row a decision, also where that has no candidates.
    const most = Math.max(rows, size);
    if (this.owner.length < most) {
      this.owner = new Int32Array(most);
      this.place = new Int32Array(most);
      this.candidates = new this.floats(most * this.spec.candidate);
      this.spec.hidden.forEach((width, l) => {
        this.actorHidden[l] = new this.floats(most * width);
      });
    }
  }
}

/**
 * out[r] = activation(init + x[r] W), rows of x `layer.inputs` wide; init is the bias, or the row of `begin` where
 * that is given. Sums are kept in double precision, whatever the arrays hold.
 */
function dense(
  parameters: Floats,
  { inputs, outputs, weight, bias }: Layer,
  x: Floats,
  rows: number,
  out: Floats,
  activation: Activation | "linear",
  begin?: Floats,
): void {
  for (let r = 0; r < rows; r++) {
    const from = r * inputs;
    const to = r * outputs;
    const start = begin === undefined ? bias : to;
    const init = begin ?? parameters;
    let j = 0;
    for (; j + 4 <= outputs; j += 4) {
      // Four sums at a time, or each would wait for its own last addition.
      let s0 = init[start + j]!;
      let s1 = init[start + j + 1]!;
      let s2 = init[start + j + 2]!;
      let s3 = init[start + j + 3]!;
      for (let k = 0, at = weight + j; k < inputs; k++, at += outputs) {
        const value = x[from + k]!;
        s0 += value * parameters[at]!;
        s1 += value * parameters[at + 1]!;
        s2 += value * parameters[at + 2]!;
        s3 += value * parameters[at + 3]!;
      }
      out[to + j] = activate(s0, activation);
      out[to + j + 1] = activate(s1, activation);
      out[to + j + 2] = activate(s2, activation);
      out[to + j + 3] = activate(s3, activation);
    }
    for (; j < outputs; j++) {
      let sum = init[start + j]!;
      for (let k = 0; k < inputs; k++) sum += x[from + k]! * parameters[weight + k * outputs + j]!;
      out[to + j] = activate(sum, activation);
    }
  }
}

function activate(x: number, activation: Activation | "linear"): number {
  if (activation === "tanh") return Math.tanh(x);
  if (activation === "relu") return Math.max(x, 0);
  return x;
}
