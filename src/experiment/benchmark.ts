import { scenarioDigest } from "../model/index.js";
import { portableScenario } from "../model/render-scenario.js";
import { type CellOutcome, type LoadedScenario, type RunOptions, runMatrix } from "./matrix.js";
import { type PolicySource, policyName } from "./policy-source.js";
import type { BenchmarkCell, BenchmarkResults, Machine } from "./results.js";

/** A policy in a benchmark, with what a reader should know of where it came from. */
export interface Contender {
  readonly source: PolicySource;
  /** Of the policy package, for a learned policy. */
  readonly digest?: string;
  /** How its knobs were set, where they were. */
  readonly tunedFrom?: string;
}

export interface BenchmarkPlan {
  readonly scenarios: readonly LoadedScenario[];
  readonly contenders: readonly Contender[];
  /** See `benchmarkSeeds`. */
  readonly seeds: readonly number[];
}

export interface BenchmarkContext {
  /** Of this package. */
  readonly version: string;
  readonly command?: string;
  readonly machine?: Machine;
}

/** Runs every policy on every scenario under every seed, and gives what each single run gave. */
export async function runBenchmark(
  { scenarios, contenders, seeds }: BenchmarkPlan,
  { version, command, machine }: BenchmarkContext,
  options: RunOptions = {},
): Promise<BenchmarkResults> {
  const policies = contenders.map((contender) => contender.source);
  const outcomes = await runMatrix({ scenarios, policies, seeds, profiles: true }, options);
  const names = policies.map(policyName);
  return {
    format: "switchyard.benchmark/1",
    ...(command === undefined ? {} : { command }),
    ...(machine === undefined ? {} : { machine }),
    createdWith: { switchyard: version, node: process.version },
    scenarios: scenarios.map(({ scenario }) => ({
      name: scenario.name,
      digest: scenarioDigest(scenario),
      objective: scenario.objective.expression,
      horizon: scenario.horizon,
      warmup: scenario.warmup,
      definition: portableScenario(scenario),
    })),
    policies: contenders.map(({ source, digest, tunedFrom }, p) => ({
      name: names[p]!,
      kind: source.kind === "heuristic" ? "heuristic" : "learned",
      ...(digest === undefined ? {} : { digest }),
      ...(tunedFrom === undefined ? {} : { tunedFrom }),
    })),
    seeds,
    cells: outcomes.map((outcome, index) =>
      cell(outcome, names[Math.floor(index / seeds.length) % names.length]!),
    ),
  };
}

function cell(outcome: CellOutcome, policy: string): BenchmarkCell {
  const { scenario, seed, objective, metrics, flowTime, pools, workflows, events, decisions, profile } =
    outcome;
  return {
    scenario,
    policy,
    seed,
    objective,
    metrics,
    flowTime,
    pools,
    workflows,
    events,
    decisions,
    ...(profile === undefined ? {} : { profile }),
  };
}
