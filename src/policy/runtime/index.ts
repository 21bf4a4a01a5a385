/** The runtime that ships: loads a policy package and decides, with no dependency at all. */
export type { DecisionView, PoolFigures, TaskFigures } from "../../model/decision-view.js";
export { encode, type Feature, type FeatureSpec, featureSpec } from "../../model/features.js";
export type { Policy } from "../policy.js";
export {
  differingFeatures,
  type FeatureSchema,
  featureSchema,
  type StatedFeature,
  schemaDigest,
} from "./feature-schema.js";
export { type LoadedPackage, loadPackage, policyFromPackage } from "./load.js";
export {
  type BenchmarkStatement,
  type Lineage,
  MANIFEST_BYTES,
  MANIFEST_FILE,
  type Manifest,
  type ManifestHead,
  type ManifestTable,
  manifestDigest,
  NAME,
  readManifest,
  TABLE_FILE,
  TABLE_KEY,
  VERSION,
  WEIGHTS_FILE,
} from "./manifest.js";
export { type Head, neuralPolicy } from "./neural-policy.js";
export { readSafetensors, type Tensor, writeSafetensors } from "./safetensors.js";
export { type DecisionTable, readTable, tabularPolicy, writeTable } from "./table/index.js";
