export { type GenerateOptions, generate } from "./generate.js";
export { parseSynthesis } from "./parse-spec.js";
export { renderSynthesis } from "./render-spec.js";
export type { Law, QuantileTable, SynthesisSpec, TemplateSpec, TypeSpec } from "./spec.js";
export { synthesize } from "./synthesize.js";
