import type { MessagePort } from "node:worker_threads";
import type { SequentialState } from "../../kit/sequential-stream.js";
import type { NetworkSpec, SharedGround } from "../../policy/runtime/network/index.js";
import type { Normalisation } from "../../policy/runtime/normalisation.js";
import type { Decisions } from "../decision-store.js";
import type { Environment, Space } from "../environment.js";
import type { SeenMoments } from "../feature-scales.js";
import type { PpoSettings } from "../ppo.js";
import type { EpisodeState, RolloutColumns } from "../rollout.js";
import type { CrewMemory } from "./crew.js";
import type { EnvironmentSource } from "./environment-source.js";
import type { Failure } from "./failure.js";

/** What a worker is from the beginning to the end of a training. */
export interface Opening {
  readonly do: "open";
  readonly member: number;
  /** Those who update in step; null where this one does not, or none do. */
  readonly crew: CrewMemory | null;
  /** Environments that it plays; null where it plays none. */
  readonly part: {
    readonly source: EnvironmentSource;
    readonly first: number;
    readonly count: number;
    readonly columns: RolloutColumns;
    /** Steps of each in a rollout, and the training's seed. */
    readonly length: number;
    readonly seed: number;
  } | null;
  readonly backend: string;
  readonly heads: readonly {
    readonly space: Space;
    readonly network: NetworkSpec;
    readonly ground: SharedGround | null;
  }[];
}

export interface Collecting {
  readonly do: "collect";
  /** By head. */
  readonly actors: readonly { readonly parameters: Float32Array; readonly normalisation: Normalisation }[];
}

/** The arguments of `ppoUpdate`; columns are shared. */
export interface Updating {
  readonly do: "update";
  readonly head: number;
  readonly store: Decisions;
  readonly advantages: Float64Array;
  readonly returns: Float64Array;
  readonly before: Float64Array;
  readonly learningRate: number;
  readonly settings: PpoSettings;
  readonly shuffle: SequentialState;
}

export type Job =
  | Opening
  | Collecting
  | Updating
  | { readonly do: "save" }
  | { readonly do: "load"; readonly states: readonly EpisodeState[] };

/** What is asked of environments before they are played. The answer to `open` are those of what a worker plays. */
export interface EnvironmentTraits {
  readonly spaces: readonly Space[];
  readonly continuing: boolean;
  /** Numbers that tell of luck. */
  readonly innovations: number;
  readonly regenerates: boolean;
  /** Whether decisions can be charged. */
  readonly charges: boolean;
}

export const traitsOf = ({
  spaces,
  continuing,
  innovations,
  regeneration,
  charges,
  fork,
}: Environment): EnvironmentTraits => ({
  spaces,
  continuing,
  innovations: innovations?.length ?? 0,
  regenerates: regeneration !== undefined,
  charges: charges !== undefined && fork !== undefined,
});

/** Of `collect`. */
export interface Collected {
  /** By head; their columns are shared. */
  readonly stores: readonly Decisions[];
  /** By environment and head. */
  readonly seen: readonly (readonly SeenMoments[])[];
}

/** A failure is null where this member waited in vain for another that has failed. */
export type Reply = { readonly answer: unknown } | { readonly failure: Failure | null };

/** Cells of what a team shares with its threads: replies posted by all workers, and whether one of them has died. */
export const [REPLIES, DIED, NEWS] = [0, 1, 2];

/** What a worker is started with. */
export interface WorkerData {
  readonly port: MessagePort;
  /** [NEWS]. */
  readonly news: Int32Array<SharedArrayBuffer>;
}

/** What the keeper of the workers is started with. */
export interface KeeperData {
  /** A port for each worker. */
  readonly workers: readonly MessagePort[];
  /** [NEWS]. */
  readonly news: Int32Array<SharedArrayBuffer>;
  readonly crew: CrewMemory;
  /** Where failures are posted of which workers died. */
  readonly deaths: MessagePort;
}
