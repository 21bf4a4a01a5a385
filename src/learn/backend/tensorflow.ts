import type { Tensor } from "@tensorflow/tfjs";
import { assert } from "../../kit/assert.js";
import {
  assertBatch,
  type Batch,
  type NetworkSpec,
  outputsOf,
  type ParameterTensor,
  parameterTable,
} from "../../policy/runtime/network/index.js";
import type { AdamOptions, GradientBackend, Trainable } from "./gradient-backend.js";
import { HostOptimizer } from "./host-optimizer.js";
import { type LoadedTensorFlow, loadTensorFlow, type TensorFlowEngine } from "./load-tensorflow.js";
import { modelOf, type TensorInputs, type TensorModel } from "./tensor-model.js";

/**
 * Gradients by TensorFlow.js's automatic differentiation, on the best engine that is installed: its name is
 * `tensorflow-node`, `tensorflow-wasm` or `tensorflow-cpu`.
 * @param engine this one and no other
 * @throws {FailureError} TENSORFLOW_ABSENT
 */
export async function tensorflowBackend(engine?: TensorFlowEngine): Promise<GradientBackend> {
  const loaded = await loadTensorFlow(engine);
  return {
    name: `tensorflow-${loaded.engine}`,
    create: (spec, parameters, adam) =>
      tensorTrainable(loaded, spec, parameterTable(spec), modelOf(spec), parameters, adam),
  };
}

/** A batch as tensors, and where its rows stand in them. */
interface PaddedBatch {
  readonly inputs: TensorInputs;
  readonly size: number;
  /** Candidates in the batch, and the most of one decision, N. */
  readonly rows: number;
  readonly widest: number;
  readonly offsets: Int32Array;
  readonly mask: Uint8Array;
}

/** A network as a function on tensors, in training. */
export function tensorTrainable(
  { tf, use }: LoadedTensorFlow,
  spec: NetworkSpec,
  table: readonly ParameterTensor[],
  model: TensorModel,
  initial: Float32Array,
  adam: AdamOptions,
): Trainable {
  const optimizer = new HostOptimizer(initial, adam);
  const K = outputsOf(spec);
  const names = table.map(({ name }) => name);
  /** The parameters as tensors, made when they are next needed. */
  let tensors: Tensor[] | undefined;
  let last: PaddedBatch | undefined;

  const parameterTensors = (): Tensor[] => {
    tensors ??= table.map(({ shape, offset }) => {
      const count = shape.reduce((product, side) => product * side, 1);
      return tf.tensor(optimizer.parameters.slice(offset, offset + count), [...shape]);
    });
    return tensors;
  };
  const forgetBatch = (): void => {
    if (last !== undefined) tf.dispose([last.inputs.contexts, last.inputs.candidates, last.inputs.mask]);
    last = undefined;
  };
  const moved = (): void => {
    if (tensors !== undefined) tf.dispose(tensors);
    tensors = undefined;
    forgetBatch();
  };
  const byName = (values: readonly Tensor[]): ReadonlyMap<string, Tensor> =>
    new Map(names.map((name, i) => [name, values[i]!]));

  return {
    forward(batch, out) {
      assertBatch(spec, batch, out);
      use();
      forgetBatch();
      const padded = pad(tf, spec, batch);
      last = padded;
      if (padded.size === 0) return;
      const parameters = byName(parameterTensors());
      const [logits, values] = tf.tidy(() => {
        const answer = model(tf, parameters, padded.inputs);
        return [answer.logits.dataSync(), answer.values.dataSync()];
      });
      out.values.set(values!);
      eachRow(padded, (row, at) => {
        const allowed = padded.mask[row] !== 0;
        for (let k = 0; k < K; k++) {
          out.logits[row * K + k] = allowed ? logits![at * K + k]! : Number.NEGATIVE_INFINITY;
        }
      });
    },
    // The forward pass runs once more here: TensorFlow.js has no tape that outlives a call.
    backward(dLogits, dValues) {
      assert(last !== undefined, "backward follows a forward with the same parameters");
      const padded = last;
      assert(
        dLogits.length >= padded.rows * K && dValues.length >= padded.size * K,
        "a derivative for every output",
      );
      if (padded.size === 0) return;
      use();
      const spread = new Float32Array(padded.size * padded.widest * K);
      eachRow(padded, (row, at) => {
        if (padded.mask[row] !== 0) spread.set(dLogits.subarray(row * K, (row + 1) * K), at * K);
      });
      const parameters = parameterTensors();
      tf.tidy(() => {
        const byLogits = tf.tensor(
          spread,
          K === 1 ? [padded.size, padded.widest] : [padded.size, padded.widest, K],
        );
        const byValues = tf.tensor(
          dValues.slice(0, padded.size * K),
          K === 1 ? [padded.size] : [padded.size, K],
        );
        const gradients = tf.grads((...values: Tensor[]) => {
          const { logits, values: state } = model(tf, byName(values), padded.inputs);
          return logits.mul(byLogits).sum().add(state.mul(byValues).sum());
        })(parameters);
        gradients.forEach((gradient, i) => {
          const { offset } = table[i]!;
          const values = gradient.dataSync();
          for (let j = 0; j < values.length; j++) {
            optimizer.gradient[offset + j] = optimizer.gradient[offset + j]! + values[j]!;
          }
        });
      });
    },
    gradient: () => optimizer.gradient.slice(),
    zeroGradient: () => void optimizer.gradient.fill(0),
    adamStep(learningRate, maxGradientNorm) {
      const norm = optimizer.adamStep(learningRate, maxGradientNorm);
      moved();
      return norm;
    },
    parameters: () => optimizer.parameters.slice(),
    setParameters(parameters) {
      optimizer.setParameters(parameters);
      moved();
    },
    optimizer: () => optimizer.state(),
    setOptimizer: (state) => optimizer.restore(state),
    dispose: moved,
  };
}

function pad(tf: LoadedTensorFlow["tf"], { context, candidate }: NetworkSpec, batch: Batch): PaddedBatch {
  const { size } = batch;
  const offsets = batch.offsets.slice(0, size + 1);
  const rows = offsets[size]!;
  const mask = batch.mask.slice(0, rows);
  let widest = 1;
  for (let b = 0; b < size; b++) widest = Math.max(widest, offsets[b + 1]! - offsets[b]!);
  const candidates = new Float32Array(size * widest * candidate);
  const allowed = new Float32Array(size * widest);
  eachRow({ size, widest, offsets }, (row, at) => {
    if (mask[row] === 0) return;
    allowed[at] = 1;
    candidates.set(batch.candidates.subarray(row * candidate, (row + 1) * candidate), at * candidate);
  });
  const inputs = {
    contexts: tf.tensor2d(batch.contexts.slice(0, size * context), [size, context]),
    candidates: tf.tensor3d(candidates, [size, widest, candidate]),
    mask: tf.tensor2d(allowed, [size, widest]),
  };
  return { inputs, size, rows, widest, offsets, mask };
}

/** Calls with each row of the batch and its place in the padded [B, N]. */
function eachRow(
  { size, widest, offsets }: Pick<PaddedBatch, "size" | "widest" | "offsets">,
  visit: (row: number, at: number) => void,
): void {
  for (let b = 0; b < size; b++) {
    for (let row = offsets[b]!; row < offsets[b + 1]!; row++) visit(row, b * widest + row - offsets[b]!);
  }
}
