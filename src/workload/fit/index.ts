export { FIT_DEFAULTS, type FitOptions, fitRemarks, fitTrace, type TraceFit } from "./fit-trace.js";
export type { Criterion, Score } from "./score.js";
export { type SequenceFit, type SequenceScore, sequenceRemarks } from "./sequence/fit-sequence.js";
export { Gatherer, sampleTrace, type TraceSample } from "./trace-sample.js";
export { ksDistance } from "./work-laws.js";
