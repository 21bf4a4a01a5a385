import { assert } from "../../kit/assert.js";
import type { UniformSource } from "../../kit/random.js";
import type { NetworkRuntime, NetworkSpec, ParameterTensor } from "../../policy/runtime/network/index.js";
import { adamDefaults, type GradientBackend, type OwnNetwork } from "./gradient-backend.js";
import { loadTensorFlow, type TensorFlowEngine } from "./load-tensorflow.js";
import type { TensorModel } from "./tensor-model.js";
import { tensorTrainable } from "./tensorflow.js";

/** A network of one's own, in TensorFlow.js: its parameters, and what it computes of them. */
export interface TensorNetwork {
  readonly name: string;
  /** Names and shapes of its parameters; a spec says the widths of what it sees. */
  parameters(spec: NetworkSpec): readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** From parameters by name, and padded decisions, to logits and values. */
  model(spec: NetworkSpec): TensorModel;
}

/**
 * A backend that trains and runs a network of one's own in place of the candidate scorer: for every trainer that takes a
 * backend. Matrices begin as Glorot and Bengio 2010 have it (uniform, eq. 16), all else at 0.
 * @throws {FailureError} TENSORFLOW_ABSENT
 */
export async function tensorNetworkBackend(
  { name, parameters, model }: TensorNetwork,
  engine?: TensorFlowEngine,
): Promise<GradientBackend & { readonly own: OwnNetwork }> {
  const loaded = await loadTensorFlow(engine);
  const table = (spec: NetworkSpec): ParameterTensor[] => {
    let offset = 0;
    return parameters(spec).map(({ name, shape }) => {
      const tensor = { name, shape, offset };
      offset += sizeOf(shape);
      return tensor as ParameterTensor;
    });
  };
  const create: GradientBackend["create"] = (spec, initial, adam) =>
    tensorTrainable(loaded, spec, table(spec), model(spec), initial, adam);
  const initial = (spec: NetworkSpec, stream: UniformSource): Float32Array =>
    Float32Array.from(
      table(spec).flatMap(({ shape }) => {
        const [inputs = 0, outputs = 0] = shape;
        const bound = shape.length === 2 ? Math.sqrt(6 / (inputs + outputs)) : 0;
        return Array.from({ length: sizeOf(shape) }, () => bound * (2 * stream.next() - 1));
      }),
    );
  return {
    name: `${name} (tensorflow-${loaded.engine})`,
    create,
    own: {
      initial,
      runtime(spec): NetworkRuntime {
        const size = table(spec).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
        const network = create(spec, new Float32Array(size), adamDefaults);
        const values = new Float32Array(1);
        return {
          kernel: "plain",
          setParameters: (flat) => network.setParameters(flat),
          forward: (batch, out) => network.forward(batch, out),
          score(context, candidates, mask, count, logits) {
            assert(logits.length >= count, "no room for the logits of the decision");
            const offsets = Int32Array.of(0, count);
            network.forward({ size: 1, contexts: context, candidates, offsets, mask }, { logits, values });
            return values[0]!;
          },
        };
      },
    },
  };
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
