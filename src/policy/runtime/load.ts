import { InputError } from "../../kit/errors.js";
import { sha256 } from "../../kit/sha256.js";
import type { Policy } from "../policy.js";
import { differingFeatures, featureSchema } from "./feature-schema.js";
import {
  MANIFEST_FILE,
  type Manifest,
  type ManifestHead,
  type ManifestTable,
  readManifest,
  TABLE_FILE,
  WEIGHTS_FILE,
} from "./manifest.js";
import { parameterCount, parameterTable } from "./network/index.js";
import { type Head, neuralPolicy } from "./neural-policy.js";
import { readSafetensors, type Tensor } from "./safetensors.js";
import { type DecisionTable, readTable, tabularPolicy } from "./table/index.js";

export interface LoadedPackage {
  readonly manifest: Manifest;
  /** None where a table decides. */
  readonly heads: readonly Head[];
  readonly table: DecisionTable | null;
}

/**
 * A policy package from its files' bytes, by name: verified first, then read.
 * @throws {InputError} where a file is missing, too many, or not what the manifest says; where the weights do not fit the
 *   network, or the table is none; FEATURE_SCHEMA_DIFFERS where this build computes other features than the policy was trained on
 */
export function loadPackage(files: ReadonlyMap<string, Uint8Array>): LoadedPackage {
  const bytes = files.get(MANIFEST_FILE);
  if (bytes === undefined) {
    throw new InputError("NO_MANIFEST", {
      what: "there is no manifest",
      where: MANIFEST_FILE,
      mend: "give the folder of a policy package",
    });
  }
  const manifest = readManifest(bytes);
  verifyFiles(manifest, files);
  if (manifest.table !== undefined) return { manifest, heads: [], table: tableOf(manifest.table, files) };
  for (const head of manifest.heads) verifyFeatures(head);
  const weights = files.get(WEIGHTS_FILE);
  if (weights === undefined)
    throw new InputError("FILE_MISSING", { what: "the package has no weights", where: WEIGHTS_FILE });
  const tensors = new Map(readSafetensors(weights, WEIGHTS_FILE).map((tensor) => [tensor.name, tensor]));
  const heads = manifest.heads.map(({ kind, network, normalisation }) => ({
    kind,
    network,
    normalisation,
    parameters: parametersOf(kind, network, tensors),
  }));
  for (const name of tensors.keys())
    throw new InputError("WEIGHTS_DIFFER", {
      what: `tensor ${name} belongs to no head`,
      where: WEIGHTS_FILE,
    });
  return { manifest, heads, table: null };
}

function tableOf(stated: ManifestTable, files: ReadonlyMap<string, Uint8Array>): DecisionTable {
  const bytes = files.get(TABLE_FILE);
  if (bytes === undefined)
    throw new InputError("FILE_MISSING", { what: "the package has no table", where: TABLE_FILE });
  return readTable(bytes, TABLE_FILE, stated);
}

/**
 * The policy of a package, ready to decide.
 * @param otherwise makes the heuristic that stands beside a table: `heuristic` of the catalogue, which is no part of this runtime
 * @throws {InputError} as `loadPackage`; NO_HEURISTICS where there is a table and nobody to decide where it is silent
 */
export function policyFromPackage(
  files: ReadonlyMap<string, Uint8Array>,
  otherwise?: (spec: string) => Policy,
): Policy {
  const { manifest, heads, table } = loadPackage(files);
  const name = `${manifest.name}@${manifest.version}`;
  if (table === null) return neuralPolicy(name, heads);
  if (otherwise === undefined) {
    throw new InputError("NO_HEURISTICS", {
      what: `where the table is silent ${manifest.table!.otherwise} is to decide, and nobody makes it`,
      where: MANIFEST_FILE,
      mend: "give `heuristic`, of the package switchyard, as the second argument",
    });
  }
  return tabularPolicy(name, table, otherwise(manifest.table!.otherwise));
}

function verifyFiles(manifest: Manifest, files: ReadonlyMap<string, Uint8Array>): void {
  for (const [name, { sha256: digest, bytes: size }] of Object.entries(manifest.files)) {
    const bytes = files.get(name);
    if (bytes === undefined) {
      throw new InputError("FILE_MISSING", {
        what: "the manifest names a file that is not there",
        where: name,
        mend: "get the package anew",
      });
    }
    if (bytes.length !== size || sha256(bytes) !== digest) {
      throw new InputError("FILE_DIGEST", {
        what: "the file is not the one that the manifest was made for: its digest does not match",
        where: name,
        mend: "get the package anew",
      });
    }
  }
  for (const name of files.keys()) {
    if (name !== MANIFEST_FILE && !Object.hasOwn(manifest.files, name)) {
      throw new InputError("FILE_UNKNOWN", {
        what: "the manifest does not know this file",
        where: name,
        mend: "take it out of the package",
      });
    }
  }
}

function verifyFeatures({ kind, features }: ManifestHead): void {
  const ours = featureSchema(kind);
  if (ours.digest === features.digest) return;
  const names = differingFeatures(ours, features);
  throw new InputError("FEATURE_SCHEMA_DIFFERS", {
    what: `the policy was trained on other ${kind} features (${features.id}) than this build computes (${ours.id}): ${names.join(", ")}`,
    where: MANIFEST_FILE,
    mend: "use the version of Switchyard that made the package, or train anew",
  });
}

/** The flat parameters of a head; takes its tensors out of the map. */
function parametersOf(kind: string, network: Head["network"], tensors: Map<string, Tensor>): Float32Array {
  const parameters = new Float32Array(parameterCount(network));
  for (const { name, shape, offset } of parameterTable(network)) {
    const full = `${kind}.${name}`;
    const tensor = tensors.get(full);
    if (tensor === undefined || tensor.shape.join() !== shape.join()) {
      throw new InputError("WEIGHTS_DIFFER", {
        what:
          tensor === undefined
            ? `tensor ${full} is missing`
            : `tensor ${full} is ${tensor.shape.join(" x ")}, not ${shape.join(" x ")}`,
        where: WEIGHTS_FILE,
      });
    }
    if (!tensor.data.every(Number.isFinite)) {
      throw new InputError("WEIGHTS_NOT_FINITE", {
        what: `tensor ${full} has weights that are no numbers`,
        where: WEIGHTS_FILE,
      });
    }
    parameters.set(tensor.data, offset);
    tensors.delete(full);
  }
  return parameters;
}
