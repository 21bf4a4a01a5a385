import { SequentialStream } from "../kit/sequential-stream.js";
import {
  type Activation,
  createRuntime,
  initialParameters,
  type NetworkRuntime,
  type NetworkSpec,
  type SharedGround,
} from "../policy/runtime/network/index.js";
import { adamDefaults, type GradientBackend, type Trainable } from "./backend/index.js";
import type { Space } from "./environment.js";
import type { Crew } from "./threads/crew.js";

/** What a head's network is made by; the seed and the head's name determine its first weights. */
export interface NetworkSettings {
  readonly seed: number;
  readonly hidden: readonly number[];
  readonly activation: Activation;
  /** Numbers in a score, 1 where it is not given. */
  readonly outputs?: number;
  /** A flat network for decisions of so many candidates, in place of a scorer of each. */
  readonly flat?: number;
}

/** Threads that train a network in step, and where it lies. */
export interface Together {
  readonly crew: Crew;
  readonly ground: SharedGround;
}

/** A network that has learned nothing yet: what trains, and a twin that holds the same weights until it is given others. */
export interface FreshNetwork {
  readonly network: NetworkSpec;
  readonly trainable: Trainable;
  readonly runtime: NetworkRuntime;
}

/** The network of one head's candidates. */
export function freshNetwork(
  { name, context, candidate }: Space,
  { seed, hidden, activation, outputs = 1, flat }: NetworkSettings,
  backend: GradientBackend,
  together: Together | null = null,
): FreshNetwork {
  const network: NetworkSpec = {
    kind: flat === undefined ? "candidate-scorer" : "flat",
    context,
    candidate,
    hidden: [...hidden],
    activation,
    ...(outputs === 1 ? {} : { outputs }),
    ...(flat === undefined ? {} : { candidates: flat }),
  };
  const stream = new SequentialStream(`weights/${seed}/${name}`);
  const { own } = backend;
  const parameters = own === undefined ? initialParameters(network, stream) : own.initial(network, stream);
  const runtime = own === undefined ? createRuntime(network) : own.runtime(network);
  runtime.setParameters(parameters);
  const trainable =
    together === null
      ? backend.create(network, parameters, adamDefaults)
      : backend.createShared!(network, parameters, adamDefaults, together.crew, together.ground);
  return { network, trainable, runtime };
}
