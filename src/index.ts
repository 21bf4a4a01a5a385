/** Switchyard's public names, one by one. What is not here is private. */
export { experimentPlan, gatePlan, type LoadedPlan } from "./cli/experiment-plan.js";
export { loadScenario } from "./cli/load-scenario.js";
export { type NamedPolicy, policyArgument } from "./cli/policy-argument.js";
export { reportLibraries } from "./cli/report-libraries.js";
export {
  type ExperimentRun,
  type GateRun,
  type PlanRunOptions,
  runExperiment,
  runGate,
} from "./cli/run-experiment.js";
export {
  type BenchmarkContext,
  type BenchmarkOptions,
  type BenchmarkPlan,
  type Contender,
  runBenchmark,
} from "./experiment/benchmark.js";
export type { CellStore } from "./experiment/cell-store.js";
export type { Experiment, Override, RunPlan, Sited } from "./experiment/file/experiment.js";
export { parseExperiment } from "./experiment/file/parse-experiment.js";
export { type Gate, parseGate } from "./experiment/file/parse-gate.js";
export type { Check, CheckVerdict, GateVerdict, Limit, Requirements } from "./experiment/gate/gate.js";
export { renderGate } from "./experiment/gate/gate-table.js";
export { judge } from "./experiment/gate/judge.js";
export {
  type LearnedKnobs,
  type LearnKnobsSettings,
  learnKnobs,
  learnKnobsDefaults,
} from "./experiment/learn-knobs.js";
export {
  benchmarkSeeds,
  type LoadedScenario,
  type Matrix,
  type RunOptions,
  runMatrix,
} from "./experiment/matrix.js";
export { makePolicy, type PolicySource } from "./experiment/policy-source.js";
export { parseResults } from "./experiment/read-results.js";
export type { ResultStore } from "./experiment/result-store.js";
export {
  type BenchmarkResults,
  type BenchmarkSummary,
  renderTable,
  type SummarizeOptions,
  summarize,
} from "./experiment/results.js";
export { resultsText } from "./experiment/results-text.js";
export {
  estimateSteadyState,
  FIGURE_NAMES,
  FIGURES,
  type Figure,
  type SteadyStateEstimate,
  type SteadyStateMethod,
  type SteadyStateOptions,
  type SteadyStatePlan,
} from "./experiment/steady-state/index.js";
export type { BestRule, StoppingRule, WidthRule } from "./experiment/stopping.js";
export {
  type Dimension,
  type Importance,
  importances,
  type Job,
  parseDimension,
  rankedTrials,
  type SweepPlan,
  sweep,
  type Trial,
} from "./experiment/sweep/index.js";
export { type Tuned, tuneHeuristics } from "./experiment/tune.js";
export type { Distribution } from "./kit/distribution.js";
export { type Complaint, FailureError, InputError, InputErrors, SwitchyardError } from "./kit/errors.js";
export { KeyedStream, type UniformSource } from "./kit/random.js";
export { SequentialStream } from "./kit/sequential-stream.js";
export { a2cDefaults } from "./learn/a2c.js";
export {
  chooseBackend,
  type GradientBackend,
  type OwnNetwork,
  type TensorInputs,
  type TensorModel,
  type TensorNetwork,
  type Trainable,
  tensorNetworkBackend,
} from "./learn/backend/index.js";
export { checkEnvironment } from "./learn/check-environment.js";
export { type ContextualBandit, PairFeatures, playBandit } from "./learn/contextual-bandit.js";
export { type DqnProgress, type DqnSettings, DqnTrainer, dqnDefaults } from "./learn/dqn.js";
export {
  notExponential,
  type Optimum,
  type OptimumOptions,
  optimum,
} from "./learn/dynamic-programming/index.js";
export type { Environment, Observation, Space, Step } from "./learn/environment.js";
export {
  type Imitated,
  type ImitationSettings,
  imitate,
  imitationDefaults,
  type Lesson,
  lessonOf,
} from "./learn/imitation.js";
export type { Learner, Learning, Progress } from "./learn/learner.js";
export { type LinUcbSettings, linUcb } from "./learn/lin-ucb.js";
export { type LinearThompsonSettings, linearThompson } from "./learn/linear-thompson.js";
export { type NeuralBanditSettings, neuralBandit, neuralBanditDefaults } from "./learn/neural-bandit.js";
export {
  directMethod,
  doublyRobust,
  effectiveSampleSize,
  inversePropensity,
  type LoggedDecisions,
  type ModelledDecisions,
  selfNormalised,
  selfNormalisedDoublyRobust,
  shrunkDoublyRobust,
  switchDoublyRobust,
} from "./learn/off-policy.js";
export { OrchestrationEnvironment, type OrchestrationOptions } from "./learn/orchestration-environment.js";
export { type AttendingPolicy, type PlayOptions, play } from "./learn/play.js";
export type { QuantileSettings } from "./learn/quantile-regression.js";
export {
  type ReinforceProgress,
  type ReinforceSettings,
  ReinforceTrainer,
  reinforceDefaults,
} from "./learn/reinforce.js";
export {
  type Foresight,
  type ImprovedPolicy,
  type RolloutImprovementSettings,
  rolloutDefaults,
  rolloutImprovement,
} from "./learn/rollout-improvement.js";
export {
  type LearnedTable,
  learnTable,
  type TableOptions,
  type TableRound,
  type TableState,
} from "./learn/tabular/index.js";
export { type EnvironmentSource, orchestrationSource } from "./learn/threads/environment-source.js";
export { bandit, cartPole, chain, identity, twoKinds } from "./learn/toys/index.js";
export {
  type CurvePoint,
  type TrainedPolicy,
  type TrainHooks,
  type TrainingState,
  type TrainPlan,
  trainPolicy,
} from "./learn/train.js";
export {
  type Beginning,
  type Threads,
  type TrainedHead,
  Trainer,
  type TrainerSettings,
  trainerDefaults,
} from "./learn/trainer.js";
export { VectorEnvironment, type VectorStep } from "./learn/vector-environment.js";
export {
  type Measured,
  measured,
  normalised,
  type RewardUnit,
  recentContexts,
  scaledRewards,
  timeLimit,
  type Wrapper,
  wrap,
} from "./learn/wrappers/index.js";
export {
  type DecisionKind,
  type DecisionView,
  encode,
  type Feature,
  type FeatureSpec,
  featureSpec,
  instability,
  METRICS,
  type Metric,
  type Pool,
  type PoolFigures,
  parseScenario,
  type Scenario,
  scenarioDigest,
  scenarioWarnings,
  type TaskFigures,
  type TaskTemplate,
  type WorkflowTemplate,
} from "./model/index.js";
export { HEURISTICS, type Heuristic, heuristic, type Knob } from "./policy/catalogue.js";
export { combined } from "./policy/combined.js";
export type { Policy } from "./policy/policy.js";
export type { NetworkRuntime, NetworkSpec } from "./policy/runtime/network/index.js";
export { type Head, type Kernel, neuralPolicy } from "./policy/runtime/neural-policy.js";
export { type DecisionTable, tabularPolicy } from "./policy/runtime/table/index.js";
export { type PackageContent, readPackage, writePackage } from "./registry/index.js";
export {
  benchmarkCharts,
  benchmarkReport,
  type Chart,
  DARK,
  gateJUnit,
  gateMarkdown,
  LIGHT,
  type ReportLibraries,
  type ReportOptions,
  type SvgOptions,
  type SweptSettings,
  svgChart,
  sweepCharts,
  sweepReport,
  type TrainedRun,
  traceCharts,
  traceReport,
  trainingCharts,
  trainingReport,
} from "./report/index.js";
export type { Outcome } from "./sim/outcome.js";
export { Recorder, type RecorderOptions } from "./sim/recorder.js";
export { Simulation, type SimulationOptions } from "./sim/simulation.js";
export { telemetryDigest, telemetryFile, telemetryTables } from "./sim/telemetry.js";
export {
  bytesSource,
  fileSource,
  type ImportReport,
  importToFile,
  importTrace,
  type Source,
} from "./workload/import/index.js";
export {
  encodeTrace,
  loadTrace,
  type ReplayableTrace,
  scanTrace,
  type TraceColumns,
  type TraceFile,
  traceSummary,
} from "./workload/trace/index.js";
