/** Tries out settings of scenarios, policies and agents. */
export { type Dimension, parseDimension, type Settings } from "./domain.js";
export { type Importance, importances } from "./importance.js";
export { measureTrial, type SweepSubject, verifyDimensions } from "./measure-trial.js";
export { parseSweepFile } from "./parse-sweep-file.js";
export { type Job, METHODS, type Method, rankedTrials, type SweepPlan, sweep, type Trial } from "./sweep.js";
