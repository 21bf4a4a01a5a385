import type { KeyedStream } from "../../../src/kit/random.js";
import {
  type GradientBackend,
  plainBackend,
  plainGradient,
  simdBackend,
  type TensorFlowEngine,
  tensorflowBackend,
} from "../../../src/learn/backend/index.js";
import {
  type Batch,
  type NetworkSpec,
  outputsOf,
  PlainNetwork,
  parameterCount,
  rowsOf,
  simdPresent,
} from "../../../src/policy/runtime/network/index.js";
import { uniforms } from "../../policy/runtime/network/batches.js";

/** Every backend that this machine has, each TensorFlow engine apart. */
export async function presentBackends(): Promise<GradientBackend[]> {
  const found: GradientBackend[] = simdPresent() ? [simdBackend, plainBackend] : [plainBackend];
  for (const engine of ["node", "wasm", "cpu"] satisfies TensorFlowEngine[]) {
    try {
      found.push(await tensorflowBackend(engine));
    } catch (error) {
      console.log(`skipped: ${String(error)}`);
    }
  }
  return found;
}

/** Whether a backend is a TensorFlow one: it is optional, so its tests skip where it is absent. */
export const isTensorFlow = ({ name }: GradientBackend): boolean => name.startsWith("tensorflow-");

/** Derivatives of some loss by the outputs, of which a score has so many. */
export function randomDerivatives(batch: Batch, stream: KeyedStream, outputs = 1) {
  return {
    dLogits: uniforms(rowsOf(batch) * outputs, stream),
    dValues: uniforms(batch.size * outputs, stream),
  };
}

type Derivatives = ReturnType<typeof randomDerivatives>;

/** The plain twin in double precision: sum(logits * dLogits) + sum(values * dValues) over the allowed candidates. */
function doubleNetwork(spec: NetworkSpec, batch: Batch, { dLogits, dValues }: Derivatives) {
  const network = new PlainNetwork(spec, Float64Array);
  const K = outputsOf(spec);
  const out = { logits: new Float64Array(rowsOf(batch) * K), values: new Float64Array(batch.size * K) };
  const loss = (): number => {
    network.forward(batch, out);
    let sum = 0;
    out.logits.forEach((logit, i) => {
      if (batch.mask[Math.floor(i / K)]) sum += logit * dLogits[i]!;
    });
    for (let i = 0; i < out.values.length; i++) sum += out.values[i]! * dValues[i]!;
    return sum;
  };
  return { network, loss };
}

/** The gradient by reverse mode in double precision. */
export function doubleGradient(spec: NetworkSpec, parameters: Float32Array, batch: Batch, by: Derivatives) {
  const { network, loss } = doubleNetwork(spec, batch, by);
  network.setParameters(parameters);
  loss();
  const gradient = new Float64Array(parameterCount(spec));
  plainGradient(network, by.dLogits, by.dValues, gradient);
  return gradient;
}

/** The gradient by central differences in double precision: knows nothing of how any backend differentiates. */
export function finiteDifferences(
  spec: NetworkSpec,
  parameters: Float32Array,
  batch: Batch,
  by: Derivatives,
): Float64Array {
  const { network, loss } = doubleNetwork(spec, batch, by);
  network.setParameters(parameters);
  const step = 1e-5;
  return Float64Array.from(parameters, (value, i) => {
    network.parameters[i] = value + step;
    const above = loss();
    network.parameters[i] = value - step;
    const below = loss();
    network.parameters[i] = value;
    return (above - below) / (2 * step);
  });
}
