import type { BenchmarkCell, BenchmarkResults } from "../../src/experiment/results.js";

/** What a run came to, where a test says so. */
export interface MadeRun {
  readonly objective: number;
  readonly p99?: number;
  readonly failures?: number;
}

/** Results of a gate: runs of "new" and "old" by scenario, in the order of their seeds. */
export function pairedResults(
  runs: Readonly<
    Record<string, { readonly candidate: readonly MadeRun[]; readonly champion: readonly MadeRun[] }>
  >,
  alpha = 0.05,
): BenchmarkResults {
  const names = Object.keys(runs);
  const count = runs[names[0]!]!.candidate.length;
  const cell = (scenario: string, policy: string, run: MadeRun, i: number): BenchmarkCell => ({
    scenario,
    policy,
    seed: i + 1,
    objective: run.objective,
    metrics: { failures: run.failures ?? 0 },
    flowTime: { mean: 1, p50: 1, p90: 1, p95: 1, p99: run.p99 ?? 1 },
    pools: [],
    workflows: { submitted: 100, succeeded: 100, failed: 0 },
    events: 1,
    decisions: 1,
  });
  return {
    format: "switchyard.benchmark/1",
    createdWith: { switchyard: "0.1.0", node: "v20.0.0" },
    experiment: {
      name: "release",
      digest: "0",
      metric: "objective",
      level: 1 - 2 * alpha,
      baseline: "old",
      comparisons: [{ policy: "new", against: "old" }],
    },
    scenarios: names.map((name) => ({ name, digest: "0", objective: "flowTime", horizon: 1, warmup: 0 })),
    policies: [
      { name: "new", kind: "learned" },
      { name: "old", kind: "heuristic" },
    ],
    seeds: Array.from({ length: count }, (_, i) => i + 1),
    cells: names.flatMap((name) => [
      ...runs[name]!.candidate.map((run, i) => cell(name, "new", run, i)),
      ...runs[name]!.champion.map((run, i) => cell(name, "old", run, i)),
    ]),
  };
}
