import type { Contender } from "../../src/experiment/benchmark.js";
import type { BenchmarkResults } from "../../src/experiment/results.js";
import { summarize } from "../../src/experiment/results.js";

/** A scenario with what policies cost in it, best first, and the least cost that is known. */
export interface SimulatedProblem {
  readonly scenario: string;
  readonly digest: string;
  readonly objective: string;
  readonly seeds: number;
  readonly standings: readonly Standing[];
  readonly bestKnown: BestKnown;
}

export interface Standing {
  /** Policies that cost the same on every seed: they decide alike here. */
  readonly policies: readonly string[];
  readonly kind: "heuristic" | "learned";
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Over the first of the standings, on the same seeds; null for itself, and where costs have no ratios. */
  readonly changePercent: {
    readonly mean: number;
    readonly low: number | null;
    readonly high: number | null;
  } | null;
}

/** The least mean cost that was ever measured here: no proof that there is no lower one. */
export interface BestKnown {
  readonly policy: string;
  readonly cost: number;
  readonly seeds: number;
}

/** @param before what was best known of the same scenario, if anything */
export function simulatedProblem(
  results: BenchmarkResults,
  before: SimulatedProblem | undefined,
): SimulatedProblem {
  const [entry] = results.scenarios;
  const columns = new Map(
    results.policies.map(({ name }) => [
      name,
      results.cells
        .filter(({ policy }) => policy === name)
        .map(({ objective }) => objective)
        .join(" "),
    ]),
  );
  const first = summarize(results).scenarios[0]!.policies[0]!.policy;
  const [summary] = summarize(results, { baseline: first }).scenarios;
  const standings: Standing[] = [];
  const seen = new Map<string, string[]>();
  for (const { policy, kind, objective, comparison } of summary!.policies) {
    const alike = seen.get(columns.get(policy)!);
    if (alike !== undefined) {
      alike.push(policy);
      continue;
    }
    const policies = [policy];
    seen.set(columns.get(policy)!, policies);
    const relative = comparison?.relative ?? null;
    const percent = (value: number | null): number | null => (value === null ? null : 100 * value);
    standings.push({
      policies,
      kind,
      ...objective,
      changePercent:
        relative === null
          ? null
          : { mean: 100 * relative.mean, low: percent(relative.low), high: percent(relative.high) },
    });
  }
  const now: BestKnown = { policy: first, cost: standings[0]!.mean, seeds: summary!.seeds };
  const known = before?.digest === entry!.digest ? before.bestKnown : undefined;
  return {
    scenario: entry!.name,
    digest: entry!.digest,
    objective: entry!.objective,
    seeds: summary!.seeds,
    standings,
    bestKnown: known !== undefined && known.cost < now.cost && known.seeds >= now.seeds ? known : now,
  };
}

export const heuristicContender = (spec: string): Contender => ({ source: { kind: "heuristic", spec } });
