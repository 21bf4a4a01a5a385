import { type LoadedScenario, type RunOptions, runMatrix } from "./matrix.js";
import type { PolicySource } from "./policy-source.js";
import { mean, pairedDifference, relativePairedDifference } from "./statistics/index.js";

/** A learned policy and the best heuristic, on seeds that chose neither of them. */
export interface FinalComparison {
  readonly seeds: number;
  readonly learned: number;
  readonly heuristic: { readonly policy: string; readonly cost: number };
  /** Learned less heuristic, paired by seed, with its 95% interval: below 0 the learned one is better. */
  readonly difference: { readonly mean: number; readonly low: number; readonly high: number };
  /** The same as a share of the heuristic's cost, with Fieller's interval; null where that cost is not clear of 0. */
  readonly change?: { readonly mean: number; readonly low: number; readonly high: number } | null;
  readonly winner: "learned" | "heuristic";
}

/**
 * Measures both on the same fresh seeds. What was chosen as the best of many looks better on the seeds that chose it than it
 * is; here neither has that advantage. The less mean cost wins; of equals the heuristic.
 */
export async function compareAtLast(
  loaded: LoadedScenario,
  learned: PolicySource,
  heuristic: string,
  seeds: readonly number[],
  options: RunOptions = {},
): Promise<FinalComparison> {
  const policies = [learned, { kind: "heuristic", spec: heuristic } as const];
  const outcomes = await runMatrix({ scenarios: [loaded], policies, seeds }, options);
  const costs = outcomes.map(({ objective }) => objective);
  const own = costs.slice(0, seeds.length);
  const rival = costs.slice(seeds.length);
  const { mean: difference, low, high } = pairedDifference(own, rival, 0.95);
  const change = relativePairedDifference(own, rival, 0.95);
  return {
    seeds: seeds.length,
    learned: mean(own),
    heuristic: { policy: heuristic, cost: mean(rival) },
    difference: { mean: difference, low, high },
    change: change === undefined ? null : { mean: change.change, low: change.low, high: change.high },
    winner: mean(own) < mean(rival) ? "learned" : "heuristic",
  };
}
