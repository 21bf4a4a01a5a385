/** Policy packages on disk: see `docs/policy-package.md`. */
export { describePackage, renderModelCard } from "./model-card.js";
export { onnxModel } from "./onnx.js";
export { readPackage } from "./read-package.js";
export { type PackageContent, packageFiles, writePackage } from "./write-package.js";
