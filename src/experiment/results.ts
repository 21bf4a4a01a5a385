import type { RunProfile } from "../sim/run-profile.js";
import type { CellFigure } from "./cell-figure.js";
import type { StoppingRule } from "./stopping.js";

/**
 * The results of a benchmark as plain JSON: what was run, and what every single run gave. Nothing here is averaged;
 * `summarize` does that. Seconds and money throughout, lower objective is better.
 */
export interface BenchmarkResults {
  /** Format and major version. Fields may be added under one version; none changes its meaning. */
  readonly format: "switchyard.benchmark/1";
  /** The command line that gave these results. */
  readonly command?: string;
  readonly machine?: Machine;
  readonly createdWith: { readonly switchyard: string; readonly node: string };
  readonly scenarios: readonly ScenarioEntry[];
  readonly policies: readonly PolicyEntry[];
  /** What was asked, where a file of an experiment or a gate asked it. */
  readonly experiment?: ExperimentEntry;
  /**
   * Every policy ran every scenario once under each of these, or under the first `ScenarioEntry.seeds` of them: common random
   * numbers, so runs of one seed are pairs.
   */
  readonly seeds: readonly number[];
  /** One run each, of every scenario under every policy with each of its seeds, in any order. */
  readonly cells: readonly BenchmarkCell[];
}

/** What an experiment file says beyond what ran. */
export interface ExperimentEntry {
  readonly name: string;
  /** SHA-256, hex, of the file. */
  readonly digest: string;
  /** What policies are compared by; lower is better. */
  readonly metric: CellFigure;
  readonly level: number;
  /** A policy's name, or `best-heuristic`. */
  readonly baseline: string;
  /** Comparisons asked for, by the names of policies; where there are none, each policy is compared with the baseline. */
  readonly comparisons: readonly { readonly policy: string; readonly against: string }[];
  readonly stop?: StoppingRule;
  /** What was put into scenarios, by the name that theirs have after a dot. */
  readonly overrides?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Where it ran. Says something about seconds of wall time only: results do not depend on it. */
export interface Machine {
  readonly platform: string;
  readonly architecture: string;
  readonly cpu?: string;
  readonly cores?: number;
  /** Bytes. */
  readonly memory?: number;
}

export interface ScenarioEntry {
  readonly name: string;
  /** Of the parsed scenario: equal digests mean equal experiments. */
  readonly digest: string;
  /** The expression that is minimized, as written. */
  readonly objective: string;
  /** Seconds of virtual time, and how many at the start are not measured. */
  readonly horizon: number;
  readonly warmup: number;
  /** The scenario as the text of a file (YAML) that gives the same digest; its trace, if any, is to lie beside it. */
  readonly definition?: string;
  /** SHA-256, hex, of the trace that it replays. */
  readonly trace?: string;
  /** How many of the benchmark's seeds it ran, from the first on, and whether they met the stopping rule; all without one. */
  readonly seeds?: number;
  readonly reached?: boolean;
}

export interface PolicyEntry {
  readonly name: string;
  readonly kind: "heuristic" | "learned";
  /** Of the policy package, for a learned policy. */
  readonly digest?: string;
  /** How its knobs were set, where it has any: "threshold 0.3, best of 5 on seeds 1-10". */
  readonly tunedFrom?: string;
}

/** One run: a scenario under a policy with a seed. */
export interface BenchmarkCell {
  readonly scenario: string;
  readonly policy: string;
  readonly seed: number;
  /** The scenario's objective per workflow submitted while measured. */
  readonly objective: number;
  /** Its parts, and the metrics that are not in it, per workflow. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Seconds in system of the workflows that succeeded while measured; NaN (null in JSON) where none did. */
  readonly flowTime: FlowTime;
  readonly pools: readonly PoolUse[];
  readonly workflows: { readonly submitted: number; readonly succeeded: number; readonly failed: number };
  /** Simulated events and decisions asked of the policy. */
  readonly events: number;
  readonly decisions: number;
  /** How the run went over time, for charts. */
  readonly profile?: RunProfile;
}

export interface FlowTime {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
}

export interface PoolUse {
  readonly name: string;
  /** Share of the servers' measured time spent busy, 0 to 1. */
  readonly utilisation: number;
  /** Tasks waiting here, averaged over the measured time. */
  readonly meanWaiting: number;
}

/** A point of a training run, for the report's learning curve. */
export interface LearningPoint {
  /** Decisions learned from so far. */
  readonly step: number;
  /** The objective per workflow, measured with the policy of that step. */
  readonly cost: number;
}

export { type SummarizeOptions, summarize } from "./summarize.js";
export type {
  AggregatePolicy,
  AggregateSummary,
  BenchmarkSummary,
  BestSummary,
  Comparison,
  Effect,
  Estimate,
  FrontAxes,
  FrontPoint,
  FrontSummary,
  PolicySummary,
  ScenarioSummary,
  Verdict,
} from "./summary.js";
export { renderTable } from "./summary-table.js";
export type { TableStyle } from "./table-lines.js";
