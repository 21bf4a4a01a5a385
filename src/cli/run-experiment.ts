import { type BenchmarkOptions, type BenchmarkPlan, runBenchmark } from "../experiment/benchmark.js";
import { parseExperiment } from "../experiment/file/parse-experiment.js";
import { type Gate, parseGate } from "../experiment/file/parse-gate.js";
import type { GateVerdict } from "../experiment/gate/gate.js";
import { judge } from "../experiment/gate/judge.js";
import { type BenchmarkResults, type BenchmarkSummary, summarize } from "../experiment/results.js";
import type { Complaint } from "../kit/errors.js";
import { engineDigest } from "./engine-digest.js";
import { experimentPlan, gatePlan } from "./experiment-plan.js";
import { scenarioText } from "./load-scenario.js";
import { thisMachine } from "./machine.js";
import { CELLS, ResultCache } from "./result-cache.js";
import { version } from "./version.js";

export interface PlanRunOptions extends Omit<BenchmarkOptions, "store"> {
  /** A folder where runs are kept and found again, as `bench --cache` has it; none by default. */
  readonly cache?: string;
  /** Is told of files of the cache that are not what they should be. */
  readonly onRemark?: (what: string) => void;
}

export interface ExperimentRun {
  readonly results: BenchmarkResults;
  readonly summary: BenchmarkSummary;
  /** What is doubtful about the scenarios. */
  readonly warnings: readonly Complaint[];
}

export interface GateRun extends Omit<ExperimentRun, "summary"> {
  readonly gate: Gate;
  readonly verdict: GateVerdict;
}

/**
 * Runs an experiment file, with the scenarios and policies that it names: what `switchyard bench FILE` does, without a terminal.
 * `resultsText` of the results is what `--out` writes.
 *
 * @throws {InputError} where the file, or one that it names, is wrong or absent
 */
export async function runExperiment(file: string, options: PlanRunOptions = {}): Promise<ExperimentRun> {
  const text = await scenarioText(file);
  const { plan, warnings } = await experimentPlan(parseExperiment(text, file), file, text);
  const results = await runKept(plan, `switchyard bench ${file}`, options);
  return { results, summary: summarize(results), warnings };
}

/**
 * Runs a gate's candidate and champion, and judges: what `switchyard bench --gate FILE` does. `gateJUnit` and `gateMarkdown` tell
 * the verdict.
 *
 * @throws {InputError} where the file, or one that it names, is wrong or absent
 */
export async function runGate(file: string, options: PlanRunOptions = {}): Promise<GateRun> {
  const text = await scenarioText(file);
  const gate = parseGate(text, file);
  const { plan, warnings } = await gatePlan(gate, file, text);
  const results = await runKept(plan, `switchyard bench --gate ${file}`, options);
  return { gate, results, verdict: judge(results, gate.requirements), warnings };
}

/** Runs a plan, keeping cells as they come where there is a folder for them. @param command as results state it */
export function runKept(
  plan: BenchmarkPlan,
  command: string,
  { cache, onRemark = () => {}, ...options }: PlanRunOptions,
): Promise<BenchmarkResults> {
  return runBenchmark(
    plan,
    { version: version(), command, machine: thisMachine() },
    {
      ...options,
      ...(cache === undefined
        ? {}
        : { store: { cells: new ResultCache(CELLS, cache, onRemark), engine: engineDigest() } }),
    },
  );
}
