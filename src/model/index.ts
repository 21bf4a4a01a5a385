/** The nouns of an experiment, and how they are read from a file. */
export type { DecisionView, PoolFigures, TaskFigures } from "./decision-view.js";
export { scenarioDigest } from "./digest.js";
export { encode, type Feature, type FeatureSpec, featureSpec } from "./features.js";
export { instability } from "./instability.js";
export {
  METRIC_NAMES,
  METRICS,
  type Metric,
  type Objective,
  WHOLE_RUN_METRICS,
} from "./objective.js";
export { type ParseOptions, parseScenario } from "./parse-scenario.js";
export {
  type Arrivals,
  DECISION_KINDS,
  type DecisionKind,
  type Pool,
  type Retry,
  type Scenario,
  type TaskTemplate,
  type TraceReplay,
  type WorkflowTemplate,
} from "./scenario.js";
export { scenarioJsonSchema } from "./scenario-schema.js";
export { scenarioWarnings } from "./scenario-warnings.js";
export { buildGraph, type GraphShape, type TaskGraph, templateGraphs } from "./task-graph.js";
