import { assert } from "../../kit/assert.js";
import {
  actorOutputs,
  finish,
  padded,
  type SimdLayer,
  type SimdNetwork,
  sharedWidth,
} from "../../policy/runtime/network/index.js";

const FLOAT = 4;

/** The backward pass over the kernels: `plainGradient` says what is computed, this says where. */
export class SimdGradient {
  /** The block of the network's memory where the gradient goes, and whether what is there is forgotten. */
  private block = 0;
  private fresh = false;
  /** A row of zeros, where a product begins from nothing. */
  private readonly zeros: number;
  /** The number 1: times it, rows are summed. */
  private readonly one: number;
  /** Room for a weight on its side. */
  private readonly turned: number;
  private readonly slope: number;

  constructor(private readonly network: SimdNetwork) {
    const { spec, outputs } = network;
    const widest = Math.max(...[...spec.hidden, outputs, actorOutputs(spec)].map(padded));
    this.zeros = network.allocate(widest);
    this.one = network.allocate(1);
    this.turned = network.allocate(widest * widest);
    network.f32[this.one / FLOAT] = 1;
    this.slope = spec.activation === "tanh" ? finish.timesTanhSlope : finish.timesReluSlope;
  }

  /** Adds to a block the gradient at the network's last forward pass, given the derivatives by its logits and values. */
  add(block: number, dLogits: Float32Array, dValues: Float32Array): void {
    this.block = block;
    this.fresh = false;
    this.compute(dLogits, dValues);
  }

  /** The same in place of what is there. */
  write(block: number, dLogits: Float32Array, dValues: Float32Array): void {
    this.block = block;
    this.fresh = true;
    this.compute(dLogits, dValues);
  }

  private compute(dLogits: Float32Array, dValues: Float32Array): void {
    const { network } = this;
    const { batch, size, candidates, actor, critic, f32, outputs } = network;
    assert(
      dLogits.length >= candidates * outputs && dValues.length >= size * outputs,
      "a derivative for every output",
    );
    if (network.flat) {
      network.takeDerivatives(dLogits, batch.dOutputs);
      this.addMlp(actor, batch.actorHidden, batch.dOutputs);
    } else this.addScorer(dLogits);

    if (outputs > 1) this.pad(dValues, size, (b) => b);
    else f32.set(dValues.subarray(0, size), batch.dValues / FLOAT);
    this.addMlp(critic, batch.criticHidden, batch.dValues);
  }

  /** Of an MLP that sees a row of `shared` a decision. */
  private addMlp(layers: readonly SimdLayer[], hidden: readonly number[], dOut: number): void {
    const { batch, size, sharedRow } = this.network;
    const first = layers[0]!;
    const d = this.throughHidden(layers, hidden, size, dOut, 0);
    this.addWeightGradient(first.weight, first.inputs, first, batch.shared, sharedRow, d, size);
    this.addBiasGradient(first, d, size);
  }

  /** Of the actor that scores candidates one by one. */
  private addScorer(dLogits: Float32Array): void {
    const { network } = this;
    const { batch, size, candidates, rows, kernels, actor, spec, f32, outputs } = network;
    const S = sharedWidth(spec);
    if (outputs > 1) this.pad(dLogits, rows, (r) => network.placeOf(r));
    else f32.set(dLogits.subarray(0, candidates), batch.dLogits / FLOAT);

    const dFirst = this.throughHidden(actor, batch.actorHidden, rows, batch.dLogits, batch.place);
    // The first layer in its two parts: a candidate's own, and, summed over its rows, the decision's.
    const first = actor[0]!;
    const ofCandidate = first.weight + S * first.rowBytes;
    this.addWeightGradient(ofCandidate, spec.candidate, first, batch.kept, network.keptRow, dFirst, rows);
    kernels.collect(dFirst, batch.owner, rows, first.width, batch.common, size);
    this.addWeightGradient(first.weight, S, first, batch.shared, network.sharedRow, batch.common, size);
    this.addBiasGradient(first, batch.common, size);
  }

  /** From the derivatives by an MLP's outputs to those by its first layer's sums: their address. */
  private throughHidden(
    layers: readonly SimdLayer[],
    hidden: readonly number[],
    rows: number,
    dOut: number,
    place: number,
  ): number {
    const { kernels, batch } = this.network;
    const last = layers.at(-1)!;
    const several = last.outputs > 1;
    let [d, spare] = batch.work;
    if (several) d = batch.dOutputs;
    else {
      if (this.fresh) {
        this.clear(last.weight, padded(last.inputs));
        this.clear(last.bias, padded(1));
      }
      kernels.projectBackward(
        hidden.at(-1)!,
        rows,
        padded(last.inputs),
        last.weight,
        this.gradientOf(last.weight),
        this.gradientOf(last.bias),
        place,
        dOut,
        this.slope,
        d,
      );
    }
    for (let l = layers.length - (several ? 1 : 2); l > 0; l--) {
      const layer = layers[l]!;
      const below = layers[l - 1]!;
      const y = hidden[l - 1]!;
      this.addWeightGradient(layer.weight, layer.inputs, layer, y, below.rowBytes, d, rows);
      this.addBiasGradient(layer, d, rows);
      // d W^T times the slope. Turned anew each time: it costs what one row of the batch does.
      kernels.transpose(layer.weight, layer.rowBytes, layer.inputs, layer.width, this.turned, below.rowBytes);
      kernels.multiply(
        d,
        layer.rowBytes,
        FLOAT,
        this.turned,
        below.rowBytes,
        spare,
        below.rowBytes,
        rows,
        layer.width,
        below.width,
        this.zeros,
        0,
        this.slope,
        y,
      );
      [d, spare] = [spare, d === batch.dOutputs ? batch.work[0] : d];
    }
    return d;
  }

  /** Derivatives by several outputs into padded rows, those of row r from row `place(r)`. */
  private pad(derivatives: Float32Array, rows: number, place: (r: number) => number): void {
    const { f32, batch, outputs } = this.network;
    const width = padded(outputs);
    for (let r = 0, to = batch.dOutputs / FLOAT; r < rows; r++, to += width) {
      const from = place(r) * outputs;
      for (let k = 0; k < width; k++) f32[to + k] = k < outputs ? derivatives[from + k]! : 0;
    }
  }

  /** dW += x^T d: x is read down its columns. */
  private addWeightGradient(
    weight: number,
    inputs: number,
    { width, rowBytes }: SimdLayer,
    x: number,
    xRow: number,
    d: number,
    rows: number,
  ): void {
    const out = this.gradientOf(weight);
    const { multiply } = this.network.kernels;
    const { fresh, zeros } = this;
    multiply(
      x,
      FLOAT,
      xRow,
      d,
      rowBytes,
      out,
      rowBytes,
      inputs,
      rows,
      width,
      fresh ? zeros : out,
      fresh ? 0 : rowBytes,
      finish.nothing,
      0,
    );
  }

  /** db += 1^T d. */
  private addBiasGradient({ bias, width, rowBytes }: SimdLayer, d: number, rows: number): void {
    const out = this.gradientOf(bias);
    const { multiply } = this.network.kernels;
    const init = this.fresh ? this.zeros : out;
    multiply(this.one, 0, 0, d, rowBytes, out, rowBytes, 1, rows, width, init, rowBytes, finish.nothing, 0);
  }

  /** Floats of the gradient, `floats` a whole number of vectors, become 0. */
  private clear(parameter: number, floats: number): void {
    const from = this.gradientOf(parameter) / FLOAT;
    this.network.f32.fill(0, from, from + floats);
  }

  /**
   * Sum of `count` blocks from `first` on, in their order, into `block`: of the floats [from, to), whole vectors.
   * @returns the sum of its squares
   */
  sum(first: number, count: number, block: number, from: number, to: number): number {
    const { kernels, parameterFloats } = this.network;
    const at = (b: number) => this.network.block(b) + from * FLOAT;
    return kernels.sumBlocks(at(first), parameterFloats * FLOAT, count, at(block), to - from);
  }

  private gradientOf(parameter: number): number {
    return parameter + this.network.block(this.block) - this.network.block(0);
  }
}
