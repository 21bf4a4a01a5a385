import { InputError } from "../../../kit/errors.js";
import {
  actorOutputs,
  actorWidth,
  checkNetworkSpec,
  type NetworkSpec,
  networkLimits,
  outputsOf,
  sharedWidth,
} from "./spec.js";

/** One tensor in the flat vector of parameters. */
export interface ParameterTensor {
  /** `actor.0.weight`, `actor.0.bias`, ... , then the critic's. */
  readonly name: string;
  /** Weights [inputs, outputs], row by row; biases [outputs]. */
  readonly shape: readonly number[];
  /** Index of the first element in the flat vector. */
  readonly offset: number;
}

/**
 * The layout of the flat float32 vector of parameters: the actor's layers, then the critic's; of each layer l =
 * 0 .. hidden.length the weight [inputs, outputs] (y = x W + b, row-major), then the bias [outputs]. The inputs of
 * `actor.0` are [context, mean, max, candidate], those of `critic.0` [context, mean, max]; the last layer of both
 * has `outputsOf(spec)` outputs. Of a flat network both see [context, candidates], and the actor has an output for each
 * candidate. No gaps.
 * @throws {InputErrors} NETWORK_SPEC
 */
export function parameterTable(spec: NetworkSpec): readonly ParameterTensor[] {
  checkNetworkSpec(spec);
  const table: ParameterTensor[] = [];
  let offset = 0;
  const add = (name: string, shape: readonly number[]): void => {
    table.push({ name, shape, offset });
    offset += shape.reduce((product, side) => product * side, 1);
  };
  const mlp = (name: string, inputs: number, last: number): void => {
    [...spec.hidden, last].forEach((outputs, layer) => {
      add(`${name}.${layer}.weight`, [inputs, outputs]);
      add(`${name}.${layer}.bias`, [outputs]);
      inputs = outputs;
    });
  };
  mlp("actor", actorWidth(spec), actorOutputs(spec));
  mlp("critic", sharedWidth(spec), outputsOf(spec));
  if (offset > networkLimits.parameters) {
    throw new InputError("NETWORK_SPEC", {
      what: `the network has ${offset} parameters, the limit is ${networkLimits.parameters}`,
      where: "hidden",
      mend: "make the hidden layers smaller",
    });
  }
  return table;
}

/** Length of the flat vector. */
export function parameterCount(spec: NetworkSpec): number {
  const last = parameterTable(spec).at(-1)!;
  return last.offset + last.shape[0]!;
}
