export { parseStep, STEPS } from "./parse-step.js";
export type { Transform } from "./transform.js";
export { type Remaking, remakeTrace } from "./transform-trace.js";
