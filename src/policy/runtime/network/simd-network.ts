import { assert } from "../../../kit/assert.js";
import { sharedMemory, type WasmMemory } from "../../../kit/wasm/wasm-module.js";
import { finish, instantiateKernels, instantiateSharedKernels, type Kernels } from "../kernels/kernels.js";
import { type Batch, type Forward, rowsOf } from "./batch.js";
import { parameterTable } from "./parameters.js";
import { actorOutputs, actorWidth, type NetworkSpec, outputsOf, sharedWidth } from "./spec.js";

/** A layer in the kernels' memory: byte addresses. Rows of the weight are `rowBytes` apart. */
export interface SimdLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** Outputs, rounded up to whole vectors of four; what is beyond the true ones is zero and stays zero. */
  readonly width: number;
  readonly rowBytes: number;
  readonly weight: number;
  readonly bias: number;
}

/** Where the parts of a batch lie: byte addresses, for at most `sizeMax` decisions and `rowsMax` candidates. */
export interface BatchMemory {
  readonly sizeMax: number;
  readonly rowsMax: number;
  readonly contexts: number;
  readonly candidates: number;
  readonly offsets: number;
  readonly mask: number;
  readonly logits: number;
  readonly values: number;
  /** Of the allowed candidates: features, decision, place in the batch. */
  readonly kept: number;
  readonly owner: number;
  readonly place: number;
  readonly shared: number;
  readonly common: number;
  readonly actorHidden: readonly number[];
  readonly criticHidden: readonly number[];
  /** Training only: derivatives by logits and values, and room for two layers of derivatives. */
  readonly dLogits: number;
  readonly dValues: number;
  readonly work: readonly [number, number];
  /** Where there are several outputs: scores and values in padded rows, and in training their derivatives. */
  readonly scoreRows: number;
  readonly valueRows: number;
  readonly dOutputs: number;
}

const FLOAT = 4;
const PAGE = 65_536;
/** Addresses below this are left alone: the compiler keeps what data it needs there. */
const START = 1024;

export function padded(width: number): number {
  return (width + 3) & ~3;
}

/** A linear memory in which several threads have the same network: the parameters' blocks are common, room is each one's own. */
export interface SharedGround {
  readonly memory: WasmMemory;
  /** [1]: the first byte that is nobody's. */
  readonly free: Int32Array<SharedArrayBuffer>;
  /** [1]: in training, steps made so far. */
  readonly steps: Int32Array<SharedArrayBuffer>;
}

/** Ground without anything on it, for `new SimdNetwork` in each thread, in turn or at once. */
export function sharedGround(): SharedGround {
  const cell = () => new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  return { memory: sharedMemory(), free: cell(), steps: cell() };
}

/**
 * The network over the WebAssembly kernels. It owns one linear memory, or stands with its like in other threads on shared ground: parameters (padded to whole vectors)
 * first, in training `blocks` more of the same layout (gradient, Adam's moments), then room for a batch, which is
 * laid out anew when a larger one comes. Growing the memory detaches every view of it, so views live in fields that
 * `reserve` takes again. `PlainNetwork` says what is computed; this says where.
 */
export class SimdNetwork {
  readonly kernels: Kernels;
  readonly actor: readonly SimdLayer[];
  readonly critic: readonly SimdLayer[];
  /** Address of the parameters, and the number of floats in them, padding included. */
  readonly parameters: number;
  readonly parameterFloats: number;
  /** Decisions, candidates and allowed candidates of the last batch. */
  size = 0;
  candidates = 0;
  rows = 0;
  batch: BatchMemory;
  f32: Float32Array = new Float32Array(0);
  private i32: Int32Array = new Int32Array(0);
  private u8: Uint8Array = new Uint8Array(0);
  readonly keptRow: number;
  readonly sharedRow: number;
  private readonly tensors: readonly { flat: number; rows: number; columns: number; at: number }[];
  private readonly activate: number;
  readonly outputs: number;
  readonly flat: boolean;
  /** First free byte, before the room for a batch. */
  private floor: number;

  constructor(
    readonly spec: NetworkSpec,
    /** How many arrays of the parameters' layout to hold: 1 to run, more to train. */
    readonly blocks: number,
    private readonly ground: SharedGround | null = null,
  ) {
    this.kernels = ground === null ? instantiateKernels() : instantiateSharedKernels(ground.memory);
    const tensors: { flat: number; rows: number; columns: number; at: number }[] = [];
    let at = 0;
    for (const { name, shape, offset } of parameterTable(spec)) {
      // Where the last weight has one output it is a vector: laid along, it is read four at a time.
      const isVector = shape[1] === 1 && name.endsWith(`.${spec.hidden.length}.weight`);
      const isMatrix = shape.length === 2 && !isVector;
      const rows = isMatrix ? shape[0]! : 1;
      const columns = isMatrix ? shape[1]! : shape[0]!;
      tensors.push({ flat: offset, rows, columns, at });
      at += rows * padded(columns);
    }
    this.outputs = outputsOf(spec);
    this.tensors = tensors;
    this.parameters = START;
    this.parameterFloats = at;
    this.floor = START + blocks * at * FLOAT;
    // Whoever comes first; for all of them it is the same.
    if (ground !== null) Atomics.compareExchange(ground.free, 0, 0, this.floor);
    const depth = spec.hidden.length + 1;
    this.flat = spec.kind === "flat";
    this.actor = this.layers(0, actorWidth(spec), actorOutputs(spec));
    this.critic = this.layers(2 * depth, sharedWidth(spec), this.outputs);
    this.keptRow = padded(spec.candidate) * FLOAT;
    // `gather` writes up to three floats past the end of a row of [context, mean, max].
    this.sharedRow = padded(sharedWidth(spec) + 3) * FLOAT;
    this.activate = finish[spec.activation];
    this.batch = this.layOut(1, 8);
  }

  private layers(first: number, inputs: number, last: number): SimdLayer[] {
    return [...this.spec.hidden, last].map((outputs, l) => {
      const weight = this.parameters + this.tensors[first + 2 * l]!.at * FLOAT;
      const bias = this.parameters + this.tensors[first + 2 * l + 1]!.at * FLOAT;
      const layer = {
        inputs,
        outputs,
        width: padded(outputs),
        rowBytes: padded(outputs) * FLOAT,
        weight,
        bias,
      };
      inputs = outputs;
      return layer;
    });
  }

  /** Room that stays where it is, zeroed. Only before the first batch. */
  allocate(floats: number): number {
    const bytes = padded(floats) * FLOAT;
    const at = this.claim(bytes);
    this.floor = at + bytes;
    if (this.ground === null) this.batch = this.layOut(this.batch.sizeMax, this.batch.rowsMax);
    this.f32.fill(0, at / FLOAT, this.floor / FLOAT);
    return at;
  }

  /** The address of so many bytes of its own, which the memory has; views are taken again. */
  private claim(bytes: number): number {
    const { floor, ground } = this;
    const at = ground === null ? floor : Atomics.add(ground.free, 0, bytes);
    const end = at + bytes;
    assert(end < 2 ** 31, "a batch of this size does not fit in the kernels' memory: split it");
    const { memory } = this.kernels;
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    this.f32 = new Float32Array(memory.buffer);
    this.i32 = new Int32Array(memory.buffer);
    this.u8 = new Uint8Array(memory.buffer);
    return at;
  }

  /** Block `block` of the parameters' layout (0: the parameters), from the flat vector. */
  write(block: number, flat: Float32Array): void {
    const base = START / FLOAT + block * this.parameterFloats;
    for (const tensor of this.tensors) {
      for (let r = 0; r < tensor.rows; r++) {
        const from = tensor.flat + r * tensor.columns;
        this.f32.set(
          flat.subarray(from, from + tensor.columns),
          base + tensor.at + r * padded(tensor.columns),
        );
      }
    }
  }

  /** The same, to a fresh flat vector. */
  read(block: number): Float32Array {
    const base = START / FLOAT + block * this.parameterFloats;
    const last = this.tensors.at(-1)!;
    const flat = new Float32Array(last.flat + last.rows * last.columns);
    for (const tensor of this.tensors) {
      for (let r = 0; r < tensor.rows; r++) {
        const from = base + tensor.at + r * padded(tensor.columns);
        flat.set(this.f32.subarray(from, from + tensor.columns), tensor.flat + r * tensor.columns);
      }
    }
    return flat;
  }

  /** Address of block `block` of the parameters' layout. */
  block(block: number): number {
    return this.parameters + block * this.parameterFloats * FLOAT;
  }

  /** A batch in, its logits and values out. What lies between stays in memory, for a backward pass. */
  forward(batch: Batch, out: Forward): void {
    const rows = rowsOf(batch);
    this.reserve(batch.size, rows);
    const { context, candidate } = this.spec;
    const room = this.batch;
    this.f32.set(batch.contexts.subarray(0, batch.size * context), room.contexts / FLOAT);
    this.f32.set(batch.candidates.subarray(0, rows * candidate), room.candidates / FLOAT);
    this.i32.set(batch.offsets.subarray(0, batch.size + 1), room.offsets / FLOAT);
    this.u8.set(batch.mask.subarray(0, rows), room.mask);
    this.take(batch.size, rows);
    this.runActor();
    this.runCritic();
    if (this.outputs > 1) {
      this.unpad(out);
      return;
    }
    out.logits.set(this.f32.subarray(room.logits / FLOAT, room.logits / FLOAT + rows));
    out.values.set(this.f32.subarray(room.values / FLOAT, room.values / FLOAT + batch.size));
  }

  /** Several outputs, from padded rows of allowed candidates to rows of the batch. */
  private unpad({ logits, values }: Forward): void {
    const { f32, i32, batch, outputs } = this;
    const width = padded(outputs);
    const place = batch.place / FLOAT;
    logits.fill(Number.NEGATIVE_INFINITY, 0, this.candidates * outputs);
    for (let r = 0, from = batch.scoreRows / FLOAT; r < this.rows; r++, from += width) {
      const to = i32[place + r]! * outputs;
      for (let k = 0; k < outputs; k++) logits[to + k] = f32[from + k]!;
    }
    for (let b = 0, from = batch.valueRows / FLOAT; b < this.size; b++, from += width) {
      for (let k = 0; k < outputs; k++) values[b * outputs + k] = f32[from + k]!;
    }
  }

  /** Of a flat network: derivatives by the scores of the last batch, from its rows to padded rows a decision at `out`. */
  takeDerivatives(dLogits: Float32Array, out: number): void {
    const { kernels, f32, batch, size } = this;
    f32.set(dLogits.subarray(0, this.candidates), batch.dLogits / FLOAT);
    const { rowBytes } = this.actor.at(-1)!;
    kernels.logitsToScores(batch.dLogits, batch.offsets, batch.mask, size, out, rowBytes);
  }

  /** The place in the batch of the r-th allowed candidate. */
  placeOf(r: number): number {
    return this.i32[this.batch.place / FLOAT + r]!;
  }

  /** One decision, element by element: for a few numbers that is quicker than `set`. */
  score(
    context: Float32Array,
    candidates: Float32Array,
    mask: Uint8Array,
    count: number,
    logits: Float32Array,
    also?: "value",
  ): number {
    if (count > this.batch.rowsMax) this.reserve(1, count);
    const { f32, u8, batch, spec } = this;
    const contexts = batch.contexts >> 2;
    for (let j = 0; j < spec.context; j++) f32[contexts + j] = context[j]!;
    const floats = count * spec.candidate;
    const rows = batch.candidates >> 2;
    for (let j = 0; j < floats; j++) f32[rows + j] = candidates[j]!;
    for (let i = 0; i < count; i++) u8[batch.mask + i] = mask[i]!;
    this.i32[batch.offsets >> 2] = 0;
    this.i32[(batch.offsets >> 2) + 1] = count;
    this.take(1, count);
    this.runActor();
    const scores = batch.logits >> 2;
    for (let i = 0; i < count; i++) logits[i] = f32[scores + i]!;
    if (also !== "value") return Number.NaN;
    this.runCritic();
    return f32[batch.values >> 2]!;
  }

  /** The batch in `batch`, in the form that the network's first layers read. */
  private take(size: number, candidates: number): void {
    const { context, candidate } = this.spec;
    const { kernels, batch: room } = this;
    this.size = size;
    this.candidates = candidates;
    if (this.flat) {
      this.rows = size;
      kernels.layAlong(
        room.contexts,
        context,
        room.candidates,
        candidate,
        room.offsets,
        room.mask,
        size,
        this.spec.candidates!,
        room.shared,
        this.sharedRow,
      );
      return;
    }
    this.rows = kernels.gather(
      room.contexts,
      context,
      room.candidates,
      candidate,
      room.offsets,
      room.mask,
      size,
      room.kept,
      this.keptRow,
      room.owner,
      room.place,
      room.shared,
      this.sharedRow,
      room.logits,
    );
  }

  private runActor(): void {
    const { kernels, actor, batch, rows, activate } = this;
    const last = actor.at(-1)!;
    if (this.flat) {
      this.run(actor, batch.actorHidden, batch.scoreRows);
      kernels.scoresToLogits(
        batch.scoreRows,
        last.rowBytes,
        batch.offsets,
        batch.mask,
        this.size,
        batch.logits,
      );
      return;
    }
    const first = actor[0]!;
    const S = sharedWidth(this.spec);
    // The first layer in two parts: [context, mean, max] once a decision, the candidate's features once a row.
    this.dense(first, S, batch.shared, this.sharedRow, this.size, batch.common, finish.nothing);
    let hidden = batch.actorHidden[0]!;
    kernels.spread(batch.common, batch.owner, rows, first.width, hidden);
    kernels.multiply(
      batch.kept,
      this.keptRow,
      FLOAT,
      first.weight + S * first.rowBytes,
      first.rowBytes,
      hidden,
      first.rowBytes,
      rows,
      this.spec.candidate,
      first.width,
      hidden,
      first.rowBytes,
      activate,
      0,
    );
    for (let l = 1; l < actor.length - 1; l++) {
      const layer = actor[l]!;
      this.dense(layer, layer.inputs, hidden, actor[l - 1]!.rowBytes, rows, batch.actorHidden[l]!, activate);
      hidden = batch.actorHidden[l]!;
    }
    if (this.outputs > 1) {
      const inputRow = actor[actor.length - 2]!.rowBytes;
      this.dense(last, last.inputs, hidden, inputRow, rows, batch.scoreRows, finish.nothing);
      return;
    }
    kernels.project(hidden, rows, padded(last.inputs), last.weight, last.bias, batch.place, batch.logits);
  }

  private runCritic(): void {
    const { critic, batch } = this;
    this.run(critic, batch.criticHidden, this.outputs > 1 ? batch.valueRows : batch.values);
  }

  /** An MLP that sees a row of `shared` a decision: where its last layer has several outputs, `out` is padded rows of them. */
  private run(layers: readonly SimdLayer[], hidden: readonly number[], out: number): void {
    const { batch, size, activate } = this;
    let input = batch.shared;
    let inputRow = this.sharedRow;
    for (let l = 0; l < layers.length - 1; l++) {
      const layer = layers[l]!;
      this.dense(layer, layer.inputs, input, inputRow, size, hidden[l]!, activate);
      input = hidden[l]!;
      inputRow = layer.rowBytes;
    }
    const last = layers[layers.length - 1]!;
    if (last.outputs > 1) this.dense(last, last.inputs, input, inputRow, size, out, finish.nothing);
    else this.kernels.project(input, size, padded(last.inputs), last.weight, last.bias, 0, out);
  }

  private dense(
    { width, rowBytes, weight, bias }: SimdLayer,
    depth: number,
    input: number,
    inputRow: number,
    rows: number,
    out: number,
    activate: number,
  ): void {
    const { multiply } = this.kernels;
    multiply(
      input,
      inputRow,
      FLOAT,
      weight,
      rowBytes,
      out,
      rowBytes,
      rows,
      depth,
      width,
      bias,
      0,
      activate,
      0,
    );
  }

  /** Room for a batch; at least doubles when it has to grow. */
  private reserve(size: number, rows: number): void {
    const { sizeMax, rowsMax } = this.batch;
    if (size <= sizeMax && rows <= rowsMax) return;
    this.batch = this.layOut(
      size <= sizeMax ? sizeMax : Math.max(size, 2 * sizeMax),
      rows <= rowsMax ? rowsMax : Math.max(rows, 2 * rowsMax),
    );
  }

  private layOut(sizeMax: number, rowsMax: number): BatchMemory {
    const { end: bytes } = this.roomAt(0, sizeMax, rowsMax);
    return this.roomAt(this.claim(bytes), sizeMax, rowsMax).room;
  }

  private roomAt(start: number, sizeMax: number, rowsMax: number): { room: BatchMemory; end: number } {
    let next = start;
    // A vector's worth of slack after each: `gather` may read or write up to three floats past an end.
    const take = (bytes: number): number => {
      const at = next;
      next += ((bytes + 15) & ~15) + 16;
      return at;
    };
    const { context, candidate, hidden } = this.spec;
    const widest = Math.max(...hidden.map(padded));
    const training = this.blocks > 1;
    const rowOf = (outputs: number) => (outputs > 1 ? padded(outputs) * FLOAT : 0);
    const scoreRow = rowOf(actorOutputs(this.spec));
    const valueRow = rowOf(this.outputs);
    // A flat network has a row of scores a decision, a scorer one a candidate.
    const scores = this.flat ? sizeMax : rowsMax;
    const room: BatchMemory = {
      sizeMax,
      rowsMax,
      contexts: take(sizeMax * context * FLOAT),
      candidates: take(rowsMax * candidate * FLOAT),
      offsets: take((sizeMax + 1) * FLOAT),
      mask: take(rowsMax),
      logits: take(rowsMax * FLOAT),
      values: take(sizeMax * FLOAT),
      kept: take(rowsMax * this.keptRow),
      owner: take(rowsMax * FLOAT),
      place: take(rowsMax * FLOAT),
      shared: take(sizeMax * this.sharedRow),
      common: take(sizeMax * padded(hidden[0]!) * FLOAT),
      actorHidden: hidden.map((width) => take(scores * padded(width) * FLOAT)),
      criticHidden: hidden.map((width) => take(sizeMax * padded(width) * FLOAT)),
      dLogits: take(training ? rowsMax * FLOAT : 0),
      dValues: take(training ? sizeMax * FLOAT : 0),
      work: [
        take(training ? Math.max(rowsMax, sizeMax) * widest * FLOAT : 0),
        take(training ? Math.max(rowsMax, sizeMax) * widest * FLOAT : 0),
      ],
      scoreRows: take(scores * scoreRow),
      valueRows: take(sizeMax * valueRow),
      dOutputs: take(training ? Math.max(scores * scoreRow, sizeMax * valueRow) : 0),
    };
    return { room, end: next };
  }
}
